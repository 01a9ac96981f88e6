//! What runs, how much is left, and until when.

use std::{
    io::IsTerminal,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{Local, TimeDelta};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::Trial;
use crate::{say, training::train::is_dumb};

/// How long the plain output may be silent.
const PAUSE: Duration = Duration::from_secs(20);

/// Shows how a study goes on: bars on a terminal, a line now and then elsewhere.
pub struct Progress {
    state: Mutex<State>,
    test_images: usize,
    show: Show,
}

enum Show {
    Nothing,
    Lines,
    Bars {
        all: MultiProgress,
        total: ProgressBar,
    },
}

struct State {
    started: Instant,
    told: Instant,
    /// Trials in all, and those that are done.
    trials: usize,
    finished: usize,
    /// Work of those that were not in the store; see [`Trial::work`].
    work: f64,
    done: f64,
    /// Of the trials that are running.
    partly: f64,
}

/// A trial that is running.
pub struct Shown<'a> {
    progress: &'a Progress,
    bar: Option<ProgressBar>,
    title: String,
    work: f64,
    share: Mutex<f64>,
}

impl Progress {
    /// Nothing is shown.
    pub fn silent() -> Self {
        Self::with(Show::Nothing, 0)
    }

    /// Bars if there is a terminal that can show them, lines if not.
    pub fn new(test_images: usize) -> Self {
        if !std::io::stderr().is_terminal() || is_dumb() {
            return Self::with(Show::Lines, test_images);
        }
        let all = MultiProgress::new();
        let style = "{bar:40} {pos}/{len} trainings, {msg}";
        let total = all.add(ProgressBar::new(0).with_style(style_of(style)));
        Self::with(Show::Bars { all, total }, test_images)
    }

    fn with(show: Show, test_images: usize) -> Self {
        let now = Instant::now();
        Self {
            show,
            test_images,
            state: Mutex::new(State {
                started: now,
                told: now,
                trials: 0,
                finished: 0,
                work: 0.0,
                done: 0.0,
                partly: 0.0,
            }),
        }
    }

    /// These trials belong to the study; `finished` says which of them are in the store already.
    pub fn expect(&self, trials: &[Trial], finished: impl Fn(&Trial) -> bool) {
        let mut state = self.state();
        state.trials = trials.len();
        let open = trials.iter().filter(|trial| !finished(trial));
        let open: Vec<f64> = open.map(|trial| trial.work(self.test_images)).collect();
        state.finished = trials.len() - open.len();
        state.work = state.done + open.iter().sum::<f64>();
        if let Show::Bars { total, .. } = &self.show {
            total.set_length(state.trials as u64);
            total.set_position(state.finished as u64);
            total.tick();
        }
    }

    /// Shows that a trial has begun.
    pub fn begin(&self, trial: &Trial) -> Shown<'_> {
        let bar = match &self.show {
            Show::Bars { all, .. } => {
                let bar = ProgressBar::new(100).with_style(style_of("  {bar:20} {msg}"));
                Some(all.add(bar.with_message(trial.title())))
            }
            _ => None,
        };
        Shown {
            progress: self,
            bar,
            title: trial.title(),
            work: trial.work(self.test_images),
            share: Mutex::new(0.0),
        }
    }

    /// Says something above the bars.
    pub fn say(&self, text: &str) {
        match &self.show {
            Show::Nothing => {}
            Show::Lines => say!("{text}"),
            Show::Bars { all, .. } => {
                let _ = all.println(text);
            }
        }
    }

    /// Takes the bars away.
    pub fn close(&self) {
        if let Show::Bars { total, .. } = &self.show {
            total.finish_and_clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, state: &mut State, title: &str) {
        match &self.show {
            Show::Nothing => {}
            Show::Bars { total, .. } => {
                total.set_position(state.finished as u64);
                total.set_message(state.outlook());
            }
            Show::Lines if state.told.elapsed() > PAUSE => {
                state.told = Instant::now();
                let State {
                    finished, trials, ..
                } = *state;
                let outlook = state.outlook();
                say!("{finished} of {trials} trainings, {outlook}; now {title}");
            }
            Show::Lines => {}
        }
    }
}

impl State {
    fn outlook(&self) -> String {
        let share = (self.done + self.partly) / self.work.max(1.0);
        let passed = self.started.elapsed().as_secs_f64();
        if share < 0.01 || passed < 5.0 {
            return "too early to tell how long".into();
        }
        let left = passed * (1.0 - share).max(0.0) / share;
        let seconds = TimeDelta::try_seconds(left as i64).unwrap_or_default();
        let end = Local::now() + seconds;
        format!(
            "about {} left, until {}",
            duration(left),
            end.format("%H:%M")
        )
    }
}

impl Shown<'_> {
    /// So much of the trial is done.
    pub fn at(&self, share: f64) {
        let mut last = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.progress.state();
        state.partly += (share - *last) * self.work;
        *last = share;
        if let Some(bar) = &self.bar {
            bar.set_position((100.0 * share) as u64);
        }
        self.progress.tell(&mut state, &self.title);
    }

    /// The trial is finished.
    pub fn finish(self) {
        let mut state = self.progress.state();
        state.finished += 1;
        state.done += self.work;
        self.progress.tell(&mut state, &self.title);
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        let share = *self.share.lock().unwrap_or_else(PoisonError::into_inner);
        self.progress.state().partly -= share * self.work;
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style_of(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Seconds in words.
pub(super) fn duration(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match minutes {
        0 => format!("{seconds:.0} s"),
        minutes if minutes < 100 => format!("{minutes} min"),
        minutes => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::trial::tests::trial;

    #[test]
    fn times_are_read_at_a_glance() {
        let words = [3.2, 59.0, 90.0, 5400.0, 7260.0].map(duration);
        assert_eq!(words, ["3 s", "1 min", "2 min", "90 min", "2 h 1 min"]);
    }

    #[test]
    fn work_adds_up() {
        let progress = Progress::silent();
        let trials = [1, 2, 3].map(|seed| Trial { seed, ..trial() });
        progress.expect(&trials, |trial| trial.seed == 3);
        let one = trials[0].work(0);
        assert_eq!(progress.state().finished, 1);
        assert_eq!(progress.state().work, 2.0 * one);
        let shown = progress.begin(&trials[0]);
        shown.at(0.5);
        assert_eq!(progress.state().partly, 0.5 * one);
        shown.finish();
        let state = progress.state();
        assert_eq!((state.finished, state.done, state.partly), (2, one, 0.0));
    }
}
