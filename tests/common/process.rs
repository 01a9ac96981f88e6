//! Examples as their users meet them: processes with flags, output and messages.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// The example called `name` with the flags of `line`, ready to start.
pub fn example(name: &str, line: &str) -> Command {
    let test = std::env::current_exe().expect("a test is a file");
    let example = test
        .ancestors()
        .nth(2)
        .expect("in target/<profile>/deps")
        .join("examples")
        .join(name);
    assert!(
        example.exists(),
        "plain `cargo test` builds {}, `--test` does not",
        example.display()
    );
    let mut command = Command::new(example);
    // Whatever the caller wants to see of panics, users see none.
    command
        .args(line.split_whitespace())
        .env_remove("RUST_BACKTRACE")
        // Without it, some Vulkan drivers complain on standard error.
        .env("XDG_RUNTIME_DIR", std::env::temp_dir());
    command
}

/// The example called `name` with the flags of `line`, which writes to the folder `out`.
pub fn example_into(name: &str, line: &str, out: &Path) -> Command {
    let mut command = example(name, line);
    command.arg("--out").arg(out);
    command
}

/// Expects success; returns what was written on standard output.
pub fn succeeds(mut command: Command) -> String {
    let output = command.output().expect("the example starts");
    assert!(
        output.status.success(),
        "{command:?}\n{}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// What a process wrote.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Expects one line on standard error, and this exit code; returns the line.
pub fn fails(output: &Output, code: i32) -> String {
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    assert!(message.starts_with("error: "), "{message}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

/// A process that serves at an address that it prints; killed when dropped.
pub struct Server {
    pub process: Child,
    /// What it prints after its address. A thread reads it as it comes: a full pipe would stop the server.
    pub lines: Receiver<String>,
    pub url: String,
}

impl Server {
    pub fn start(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let printed = BufReader::new(process.stdout.take().unwrap()).lines();
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in printed.map_while(Result::ok) {
                // Whoever does not listen any more has dropped the server.
                let _ = sender.send(line);
            }
        });
        let url = lines.iter().find_map(|line: String| {
            let mut words = line.split_whitespace();
            let url = words.find(|word| word.starts_with("ws://"))?;
            Some(url.trim_end_matches(';').to_string())
        });
        Self {
            url: url.unwrap_or_else(|| panic!("{command:?} ends without an address")),
            process,
            lines,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs tests of this program, ignored ones too, in a process that uses the given instruction set and has these
/// environment variables.
pub fn run_again(instruction_set: &str, tests: &[&str], variables: &[(&str, &Path)]) {
    let output = Command::new(std::env::current_exe().expect("a test is a file"))
        .env("BURN_RECTIFIERS_SIMD", instruction_set)
        .envs(variables.iter().copied())
        .args(["--include-ignored", "--exact"])
        .args(tests)
        .output()
        .expect("this program starts");
    let said = text(&output.stdout) + &text(&output.stderr);
    let passed = output.status.success() && said.contains(&format!("{} passed", tests.len()));
    assert!(
        passed,
        "{instruction_set}, {:?}: {}: {said}",
        tests, output.status
    );
}

/// How many disasters a test tries: `usual`, or as many times that as the environment variable `RECTIFIERS_CRASHES` says.
pub fn crashes(usual: u64) -> u64 {
    usual * asked_for("RECTIFIERS_CRASHES").unwrap_or(1)
}

/// The whole number that an environment variable has, if it is set.
pub fn asked_for(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable} is a whole number, not {text}")))
}
