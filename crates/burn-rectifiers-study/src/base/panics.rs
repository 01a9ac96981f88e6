//! Panics of others as errors: Burn panics where a driver is missing or a server has gone.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::{Arc, Mutex, PoisonError},
};

/// What `body` yields, or the first line of its panic: of the first one, as later ones, of threads that waited for the
/// first, only say that it did not answer. Nothing is printed.
pub(super) fn without_panics<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    let reasons = Arc::new(Mutex::new(Vec::new()));
    let hook = take_hook();
    let seen = reasons.clone();
    set_hook(Box::new(move |panic| {
        let line = panic.payload_as_str().and_then(first_line);
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(line);
    }));
    let result = catch_unwind(AssertUnwindSafe(body));
    set_hook(hook);
    result.map_err(|_| {
        let reasons = reasons.lock().unwrap_or_else(PoisonError::into_inner);
        let first = reasons.first().cloned();
        first.unwrap_or_else(|| "the driver failed without a word".into())
    })
}

fn first_line(text: &str) -> Option<String> {
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    Some(line.trim().into())
}
