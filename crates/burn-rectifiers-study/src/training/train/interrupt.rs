//! Ctrl-C, and what else asks a process to end: the first time ends training after the current step, the second one the
//! process.

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
    HANDLER.call_once(listen);
    *current() = Some(interrupter);
    Guard
}

impl Drop for Guard {
    fn drop(&mut self) {
        current().take();
    }
}

/// SIGTERM is what `timeout`, `docker stop` and batch systems send, SIGHUP what a terminal sends that is closed, unless
/// `nohup` keeps it away.
#[cfg(unix)]
fn listen() {
    use signal_hook::{consts::*, iterator::Signals};
    let mut signals = vec![SIGINT, SIGTERM];
    if cfg!(target_os = "linux") && !is_ignored(SIGHUP) {
        signals.push(SIGHUP);
    }
    // Without, the system ends the process.
    if let Ok(mut signals) = Signals::new(signals) {
        std::thread::spawn(move || signals.forever().for_each(|_| interrupt()));
    }
}

/// Whether the process was started so that this signal does nothing.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    ignored.is_some_and(|bits| bits >> (signal - 1) & 1 == 1)
}

#[cfg(not(unix))]
fn listen() {
    // It fails where the program has its own handler, which then decides.
    let _ = ctrlc::set_handler(interrupt);
}

fn interrupt() {
    match current().take() {
        Some(interrupter) => {
            interrupter.stop(Some("Ctrl-C"));
            if !dashboard::is_open() {
                crate::complain!("stopping after this step; Ctrl-C again ends the program at once");
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
