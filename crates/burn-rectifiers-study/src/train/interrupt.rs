//! Ctrl-C: the first one ends training after the current step, the second one the process.

use std::{
    process::exit,
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

use burn::train::Interrupter;

use super::dashboard;

/// The training that the next Ctrl-C stops.
static CURRENT: Mutex<Option<Interrupter>> = Mutex::new(None);

/// Until this is dropped, the first Ctrl-C stops training.
pub(crate) struct Guard;

/// Makes Ctrl-C stop training through `interrupter`.
pub(crate) fn on_ctrl_c(interrupter: Interrupter) -> Guard {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        // It fails where the program has its own handler, which then decides.
        let _ = ctrlc::set_handler(interrupt);
    });
    *current() = Some(interrupter);
    Guard
}

impl Drop for Guard {
    fn drop(&mut self) {
        current().take();
    }
}

fn interrupt() {
    match current().take() {
        Some(interrupter) => {
            interrupter.stop(Some("Ctrl-C"));
            if !dashboard::is_open() {
                eprintln!("stopping after this step; Ctrl-C again ends the program at once");
            }
        }
        None => {
            dashboard::restore_terminal();
            exit(130);
        }
    }
}

fn current() -> MutexGuard<'static, Option<Interrupter>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner)
}
