//! burn-train's dashboard, with a Ctrl-C that works.
//!
//! The dashboard switches the terminal to raw mode, in which Ctrl-C is a key like any other, and
//! ignores that key. Here the terminal is told to turn it into the usual signal again.

use burn::train::{
    Interrupter,
    renderer::{MetricsRenderer, tui::TuiMetricsRendererWrapper},
};

/// The dashboard, and how its user stops training.
pub(crate) struct Dashboard {
    pub renderer: Box<dyn MetricsRenderer>,
    /// Not the interrupter of the training: the dashboard resets the one it has when training
    /// ends, and with it the reason why.
    pub stop: Interrupter,
}

impl Dashboard {
    /// Shows the dashboard of a run of which `trained` epochs are done.
    pub fn open(trained: usize) -> Self {
        let stop = Interrupter::new();
        terminal::remember();
        let renderer =
            TuiMetricsRendererWrapper::new(stop.clone(), (trained > 0).then_some(trained));
        terminal::signals_from_keys();
        Self {
            renderer: Box::new(renderer),
            stop,
        }
    }
}

pub(crate) use terminal::{is_open, restore_terminal};

#[cfg(unix)]
mod terminal {
    use std::{
        io::{Write, stdin, stdout},
        sync::Mutex,
        thread::sleep,
        time::Duration,
    };

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// The terminal as it was before the dashboard.
    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    pub fn remember() {
        *BEFORE.lock().expect("no panic while locked") = tcgetattr(stdin()).ok();
    }

    /// Lets Ctrl-C send its signal as soon as the dashboard's thread has switched to raw mode.
    pub fn signals_from_keys() {
        for _ in 0..100 {
            sleep(Duration::from_millis(10));
            match tcgetattr(stdin()) {
                Ok(modes) if modes.local_modes.contains(LocalModes::ICANON) => (),
                Ok(mut raw) => {
                    raw.local_modes |= LocalModes::ISIG;
                    let _ = tcsetattr(stdin(), OptionalActions::Now, &raw);
                    return;
                }
                Err(_) => return,
            }
        }
    }

    /// Whether the terminal is in the dashboard's mode now.
    pub fn is_open() -> bool {
        BEFORE.lock().expect("no panic while locked").is_some()
            && tcgetattr(stdin()).is_ok_and(|modes| !modes.local_modes.contains(LocalModes::ICANON))
    }

    /// For a process that is about to end while the dashboard is open.
    pub fn restore_terminal() {
        if !is_open() {
            return;
        }
        if let Some(before) = &*BEFORE.lock().expect("no panic while locked") {
            let _ = tcsetattr(stdin(), OptionalActions::Now, before);
            // Mouse reports off, main screen, cursor on.
            let _ = stdout().write_all(
                b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1049l\x1b[?25h",
            );
            let _ = stdout().flush();
        }
    }
}

#[cfg(not(unix))]
mod terminal {
    pub fn remember() {}
    pub fn signals_from_keys() {}
    pub fn is_open() -> bool {
        false
    }
    pub fn restore_terminal() {}
}
