//! One training on several backends, side by side: do they compute the same?
//!
//! Each backend runs in a process of its own, so that neither memory nor threads of one disturb another. What it computed comes
//! back as a [`Trace`]; [`Difference`] says how far two are apart, and [`Tolerance`] what is too far.

mod arguments;
mod difference;
mod kernels;
mod page;
mod tables;
mod trace;

use std::path::Path;
use std::process::Command;

use crate::base::{
    backend::Backend,
    cli,
    error::StudyError,
    files::{self, OwnFolder},
};
use crate::say;
pub use arguments::{Arguments, EXAMPLES};
pub use difference::{Difference, Tolerance};
pub use trace::Trace;

const PAGE: &str = "index.html";

/// Trains on each backend, prints and draws what came of it.
///
/// # Errors
///
/// If an argument makes no sense, a backend cannot train, or two differ by more than the tolerance.
pub fn run(arguments: Arguments) -> Result<(), StudyError> {
    let arguments = arguments.checked()?;
    if let Some(file) = &arguments.trace {
        let [backend] = arguments.backends()[..] else {
            unreachable!("a trace is of one backend")
        };
        let trace = Trace::of(&arguments, backend, 1.0)?;
        return files::replace(file, serde_json::to_vec(&trace).expect("numbers and names"));
    }
    let backends = arguments.backends();
    let _own = OwnFolder::take(&arguments.out, "backend_swap", &[PAGE])?;
    let mut traces: Vec<Trace> = Vec::new();
    for backend in &backends {
        say!(
            "{}: {} steps of {} images …",
            backend.name(),
            arguments.steps,
            arguments.batch_size
        );
        traces.push(in_a_process(*backend)?);
    }
    let pairs: Vec<Difference> = (0..traces.len())
        .flat_map(|i| (i + 1..traces.len()).map(move |j| (i, j)))
        .map(|(i, j)| Difference::between(&traces[i], &traces[j]))
        .collect();
    let tolerance = Tolerance::default();
    say!("\n{}", tables::backends(&traces));
    if !pairs.is_empty() {
        say!("{}", tables::pairs(&pairs, &tolerance));
    }
    if let Some(hint) = arguments.missing(&backends) {
        say!("{hint}");
    }
    let page = arguments.out.join(PAGE);
    files::replace(&page, page::html(&arguments, &traces, &pairs, &tolerance)?)?;
    say!("Page in {}", page.display());
    match pairs.iter().find_map(|pair| pair.verdict(&tolerance).err()) {
        None => Ok(()),
        Some(reason) => Err(StudyError::Disagree { reason }),
    }
}

/// The trace of a backend, from another process of this program with the same command line.
fn in_a_process(backend: Backend) -> Result<Trace, StudyError> {
    let name = backend.name();
    let failed = |reason: String| StudyError::Swap { name, reason };
    let file =
        std::env::temp_dir().join(format!("backend_swap-{}-{name}.json", std::process::id()));
    let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    // The last of two values is the one that counts.
    let output = Command::new(program)
        .args(std::env::args_os().skip(1))
        .arg(format!("--backends={name}"))
        .arg("--trace")
        .arg(&file)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    let trace = read(&file);
    let _ = std::fs::remove_file(&file);
    match (output.status.success(), trace) {
        (true, Ok(trace)) => Ok(trace),
        (true, Err(reason)) => Err(failed(reason)),
        (false, _) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let line = said.lines().rfind(|line| !line.trim().is_empty());
            let line = line.unwrap_or("it ended without a word");
            let line = line.strip_prefix("error: ").unwrap_or(line);
            Err(failed(cli::quoted(line)))
        }
    }
}

fn read(file: &Path) -> Result<Trace, String> {
    let text = files::read(file).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}
