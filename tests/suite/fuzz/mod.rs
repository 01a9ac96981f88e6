//! Whatever a file or a flag holds: what reads it does not panic, does not hang, takes memory in proportion, and gives a
//! value or an error of a line or two.
//!
//! Each subject starts from something valid, and damages it. `cargo test` runs a few hundred cases, the same every time;
//! `RECTIFIERS_FUZZ_SECONDS=600` runs new ones for so long, and `RECTIFIERS_FUZZ_SEED` repeats those of a seed.

#[cfg(feature = "flex")]
mod activations;
mod archives;
mod bytes;
mod cifar;
#[cfg(feature = "flex")]
mod explore;
mod memory;
#[cfg(feature = "flex")]
mod runs;
mod settings;
mod trials;

use std::{
    cell::Cell,
    env,
    fmt::Display,
    io::Write,
    path::Path,
    process::exit,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::process::asked_for;

const SECONDS: &str = "RECTIFIERS_FUZZ_SECONDS";
const SEED: &str = "RECTIFIERS_FUZZ_SEED";

/// What hangs is not waited for: the process ends after so long.
const LONGEST: Duration = Duration::from_secs(60);

/// Checks `property` for so many inputs, or for as long as the environment says.
///
/// # Panics
///
/// If it does not hold for one; the message has the smallest such input that was found, and the seed.
fn fuzz<S: Strategy>(subject: &str, cases: u32, inputs: S, property: impl Fn(S::Value)) {
    let seconds = asked_for(SECONDS);
    let mut seed = match (asked_for(SEED), seconds) {
        (Some(seed), _) => seed,
        (_, None) => 0,
        _ => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_nanos() as u64),
    };
    let is_repeated = env::var_os(SEED).is_some();
    let done = watch(subject);
    let begin = Instant::now();
    loop {
        done.seed.store(seed, Relaxed);
        let config = Config {
            failure_persistence: None,
            max_shrink_time: 60_000,
            ..Config::with_cases(cases)
        };
        let bytes: [u8; 32] = std::array::from_fn(|i| seed.to_le_bytes()[i % 8]);
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let result = TestRunner::new_with_rng(config, rng).run(&inputs, |input| {
            done.count.fetch_add(1, Relaxed);
            if is_repeated {
                *done.input.lock().unwrap() = format!("{input:?}");
            }
            property(input);
            Ok(())
        });
        match result {
            Ok(()) => {}
            Err(TestError::Fail(reason, input)) => {
                panic!("fuzz: {subject}: {reason}\ninput: {input:?}\n{SEED}={seed} repeats it")
            }
            Err(TestError::Abort(reason)) => panic!("fuzz: {subject}: {reason}"),
        }
        if begin.elapsed().as_secs() >= seconds.unwrap_or(0) || is_repeated {
            break;
        }
        seed = seed.wrapping_add(1);
    }
    let done = done.count.swap(0, Relaxed) - 1;
    if seconds.is_some() {
        let speed = done as f64 / begin.elapsed().as_secs_f64();
        say(&format!(
            "{subject}: {done} cases, {speed:.0} per second, last seed {seed}"
        ));
    }
}

/// Past the test harness, which would keep it for itself.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "fuzz: {line}");
}

/// How far it is.
#[derive(Default)]
struct Done {
    seed: AtomicU64,
    /// Cases, with one more, or 0 when all are done.
    count: AtomicU64,
    /// The input, if a seed is repeated.
    input: Mutex<String>,
}

/// Ends the process if a case hangs.
fn watch(subject: &str) -> Arc<Done> {
    let (done, subject) = (Arc::new(Done::default()), subject.to_string());
    done.count.store(1, Relaxed);
    let watched = done.clone();
    thread::spawn(move || {
        let (mut last, mut since) = (0, Instant::now());
        loop {
            thread::sleep(Duration::from_secs(1));
            match watched.count.load(Relaxed) {
                0 => return,
                now if now != last => (last, since) = (now, Instant::now()),
                // A test that has failed does not count any more.
                _ if Arc::strong_count(&watched) == 1 => return,
                stuck if since.elapsed() > LONGEST => {
                    let seed = watched.seed.load(Relaxed);
                    say(&format!(
                        "{subject}: case {stuck} hangs; {SEED}={seed} repeats it"
                    ));
                    say(&watched.input.lock().unwrap_or_else(PoisonError::into_inner));
                    exit(101)
                }
                _ => {}
            }
        }
    });
    done
}

/// Expects a message of at most two lines that a terminal shows as they are.
fn told(error: impl Display) -> String {
    let text = error.to_string();
    let clean = |c: char| c == '\n' || !c.is_control();
    assert!(
        text.chars().all(clean) && text.lines().count() <= 2 && text.chars().count() <= 2_000,
        "a message of {} characters: {text:?}",
        text.chars().count()
    );
    text
}

/// Runs `work`, which is about so many bytes, and expects it to take memory in proportion, on this thread.
fn in_proportion<R>(bytes: usize, work: impl FnOnce() -> R) -> R {
    let most = 64 * bytes as isize + (8 << 20);
    let (result, took) = memory::most(work);
    assert!(took <= most, "{took} bytes of memory for {bytes} bytes");
    result
}

thread_local! {
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}

/// A folder that is gone in the end: in memory, if the system has such a place, as disks are slow to be sure.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    }
    .unwrap()
}

/// Another number in every call, to tell folders apart.
fn next() -> u64 {
    NUMBER.replace(NUMBER.get() + 1)
}

/// Whether two JSON values are equal; numbers may differ in their last digit, as `serde_json` reads them fast.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b || (a - b).abs() <= 1e-15 * a.abs(),
            _ => a == b,
        },
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
