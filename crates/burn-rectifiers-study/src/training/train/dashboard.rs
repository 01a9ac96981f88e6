//! burn-train's dashboard, with a Ctrl-C that works, and with keys that end a training in order.
//!
//! The dashboard switches the terminal to raw mode, in which Ctrl-C is a key like any other, and
//! ignores that key. Here the terminal is told to turn it into the usual signal again.
//!
//! Its keys `q` and `k` panic: at once in the dashboard's own thread, and then in whichever thread tells it something.
//! Those panics end here, and stop the training as Ctrl-C does.

use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind, take_hook};

use burn::train::{
    Interrupter, LearnerSummary,
    logger::TrainingProgressLogger,
    metric::MetricDefinition,
    renderer::{
        MetricState, MetricsRenderer, MetricsRendererTraining, tui::TuiMetricsRendererWrapper,
    },
};

use super::quiet::ignores_evaluation;

/// The dashboard, which stops a training when its user asks for that.
pub(crate) struct Dashboard {
    /// Nothing after a panic.
    shown: Option<TuiMetricsRendererWrapper>,
    /// What its keys stop. Not the interrupter of the training: the dashboard resets the one it has when training
    /// ends, and with it the reason why.
    keys: Interrupter,
    training: Interrupter,
}

impl Dashboard {
    /// Shows the dashboard of a run of which `trained` epochs are done, and that stops `training`.
    pub fn open(trained: usize, training: Interrupter) -> Self {
        let keys = Interrupter::new();
        terminal::remember();
        let shown = TuiMetricsRendererWrapper::new(keys.clone(), (trained > 0).then_some(trained));
        terminal::signals_from_keys();
        Self {
            shown: Some(shown),
            keys,
            training,
        }
    }

    /// Tells the dashboard something, unless it is gone.
    fn tell(&mut self, what: impl FnOnce(&mut TuiMetricsRendererWrapper)) {
        let Some(shown) = &mut self.shown else {
            return;
        };
        if catch_unwind(AssertUnwindSafe(|| what(shown))).is_err() {
            // Dropped, it would panic once more.
            forget(self.shown.take());
            // It says nothing of any panic from now on.
            drop(take_hook());
            self.training.stop(Some("ended in the dashboard"));
        }
    }
}

impl Drop for Dashboard {
    fn drop(&mut self) {
        let shown = self.shown.take();
        if catch_unwind(AssertUnwindSafe(|| drop(shown))).is_err() {
            drop(take_hook());
        }
    }
}

impl MetricsRenderer for Dashboard {
    fn manual_close(&mut self) {
        self.tell(|shown| shown.manual_close());
    }

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.tell(|shown| shown.register_metric(definition));
    }
}

impl MetricsRendererTraining for Dashboard {
    fn update_train(&mut self, state: MetricState) {
        self.tell(|shown| shown.update_train(state));
    }

    fn update_valid(&mut self, state: MetricState) {
        self.tell(|shown| shown.update_valid(state));
    }

    fn on_train_end(
        &mut self,
        summary: Option<LearnerSummary>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        self.tell(|shown| drop(shown.on_train_end(summary)));
        Ok(())
    }
}

impl TrainingProgressLogger for Dashboard {
    fn start(&mut self, epochs: usize, first: usize, items: Option<usize>, label: Option<&str>) {
        self.tell(|shown| shown.start(epochs, first, items, label));
    }

    fn update_epoch(&mut self, epoch: usize) {
        self.tell(|shown| shown.update_epoch(epoch));
    }

    fn start_split(&mut self, split: &str, items: usize) {
        self.tell(|shown| shown.start_split(split, items));
    }

    fn update_split(&mut self, items: usize) {
        self.tell(|shown| shown.update_split(items));
        if self.keys.should_stop() {
            self.training.stop(Some("asked for in the dashboard"));
        }
    }

    fn end_split(&mut self) {
        self.tell(|shown| shown.end_split());
    }

    fn end(&mut self) {
        self.tell(|shown| shown.end());
    }

    fn log_event_training(&mut self, event: String) {
        self.tell(|shown| shown.log_event_training(event));
    }
}

ignores_evaluation!(Dashboard);

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
