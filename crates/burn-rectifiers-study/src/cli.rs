//! Errors of the command line in one line.

use std::io::{ErrorKind::BrokenPipe, Write, stderr, stdout};
use std::process::{ExitCode, exit};
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::{Parser, error::ErrorKind};

use crate::{StudyError, complain};

/// The command line, or the end of the process: 0 after `--help`, 2 after one line that says what
/// is wrong.
pub fn parse<T: Parser>() -> T {
    T::try_parse().unwrap_or_else(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match error.print() {
            Err(error) if error.kind() != BrokenPipe => {
                complain!("error: standard output: {error}");
                exit(1)
            }
            _ => exit(0),
        },
        kind => {
            let line = match kind {
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => missing::<T>(),
                _ => one_line(&error.to_string()),
            };
            complain!("{line}");
            exit(2)
        }
    })
}

/// Which subcommands there are; clap would show the whole help instead.
fn missing<T: Parser>() -> String {
    let command = T::command();
    let names: Vec<_> = command.get_subcommands().map(|c| c.get_name()).collect();
    format!(
        "error: a command is missing: {} (--help tells more)",
        names.join(" or ")
    )
}

/// Prints a line. If nobody reads standard output any more, the work goes on in silence; also if nothing can be written
/// there, which [`finish`] tells.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::print(format_args!($($text)*)) };
}

/// Why nothing could be written to standard output.
static UNWRITTEN: Mutex<Option<String>> = Mutex::new(None);

fn unwritten() -> MutexGuard<'static, Option<String>> {
    UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// See [`say!`].
#[doc(hidden)]
pub fn print(line: std::fmt::Arguments) {
    if let Err(error) = writeln!(stdout(), "{line}")
        && error.kind() != BrokenPipe
    {
        unwritten().get_or_insert(error.to_string());
    }
}

/// Prints a line on standard error. If nobody reads that, the work goes on in silence.
#[macro_export]
macro_rules! complain {
    ($($text:tt)*) => { $crate::cli::print_error(format_args!($($text)*)) };
}

/// See [`complain!`].
#[doc(hidden)]
pub fn print_error(line: std::fmt::Arguments) {
    let _ = writeln!(stderr(), "{line}");
}

/// Success, or the error in one line with its exit code.
pub fn finish(result: Result<(), StudyError>) -> ExitCode {
    match result {
        Ok(()) => match unwritten().take() {
            None => ExitCode::SUCCESS,
            Some(reason) => {
                complain!("error: standard output: {reason}");
                ExitCode::FAILURE
            }
        },
        Err(error) => {
            match error {
                // Somebody wanted it.
                StudyError::Interrupted { .. } | StudyError::StudyInterrupted { .. } => {
                    complain!("{error}")
                }
                _ => complain!("error: {error}"),
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Clap spreads an error over paragraphs; this keeps what it says, without the usage text.
fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim);
    let lines = lines.take_while(|line| !line.starts_with("Usage:"));
    let said: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    let said = said
        .join("; ")
        .replace(":; ", ": ")
        .replace("; For more information, try '--help'.", "");
    format!("{said} (--help lists the flags)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_a_line() {
        let message = "error: unexpected argument '--acivation' found\n\n  tip: a similar argument \
                       exists: '--activation'\n\nUsage: x [OPTIONS]\n\nFor more information, try '--help'.\n";
        assert_eq!(
            one_line(message),
            "error: unexpected argument '--acivation' found; tip: a similar argument exists: \
             '--activation' (--help lists the flags)"
        );
    }
}
