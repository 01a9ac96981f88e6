//! Command lines: numbers in them, and what is wrong with them in one line.

use std::borrow::Cow;
use std::env::args_os;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{ErrorKind::BrokenPipe, Write, stderr, stdout};
use std::num::{IntErrorKind, ParseIntError};
use std::process::{ExitCode, exit};
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::{Command, Parser, error::ErrorKind};

use crate::{base::error::StudyError, complain};

/// The command that `T` describes. Numbers may begin with a minus, so that what is wrong with them is told in words; help
/// texts name possible values themselves.
fn command<T: Parser>() -> Command {
    fn with_signs(command: Command) -> Command {
        let is_number = |name: &str| matches!(name, "N" | "RATE" | "SHARE" | "EPOCHS");
        let signed = command.mut_args(|arg| match arg.get_value_names() {
            Some([name]) if is_number(name) => arg.allow_hyphen_values(true),
            _ => arg,
        });
        signed.mut_subcommands(with_signs)
    }
    with_signs(T::command()).hide_possible_values(true)
}

/// A command line, the name of the program first.
///
/// # Errors
///
/// What clap says, also where help is asked for.
pub fn parse_from<T: Parser>(
    line: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<T, clap::Error> {
    let matches = command::<T>().try_get_matches_from(line)?;
    T::from_arg_matches(&matches).map_err(|error| error.format(&mut command::<T>()))
}

/// The command line, or the end of the process: 0 after `--help`, 2 after one line that says what
/// is wrong.
pub fn parse<T: Parser>() -> T {
    parse_from(args_os()).unwrap_or_else(|error| match error.kind() {
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
                ErrorKind::InvalidUtf8 => no_text(args_os()),
                _ => one_line(&readable::<T>(error).to_string()),
            };
            complain!("{line}");
            exit(2)
        }
    })
}

/// The error with the arguments as [`escaped`] shows them. Clap drops escape sequences, and a line break would become
/// part of the message.
fn readable<T: Parser>(error: clap::Error) -> clap::Error {
    let shown = args_os().map(|argument| escaped(&bytes_escaped(&argument)).into_owned());
    match parse_from::<T>(shown) {
        Err(same) if same.kind() == error.kind() => same,
        _ => error,
    }
}

/// Names the first argument that is not UTF-8, with the flag before it.
fn no_text(arguments: impl Iterator<Item = OsString>) -> String {
    let mut before = String::new();
    for argument in arguments.skip(1) {
        let shown = bytes_escaped(&argument);
        if argument.to_str().is_none() {
            let flag = if before.starts_with("--") {
                before + " "
            } else {
                String::new()
            };
            return format!(
                "error: {flag}{shown}: expected text in UTF-8 (--help lists the flags)"
            );
        }
        before = shown;
    }
    "error: expected arguments in UTF-8 (--help lists the flags)".into()
}

/// The argument with a backslash and a number for each byte that is not UTF-8.
fn bytes_escaped(argument: &OsString) -> String {
    let mut shown = String::new();
    for chunk in argument.as_encoded_bytes().utf8_chunks() {
        shown += chunk.valid();
        for byte in chunk.invalid() {
            shown += &format!("\\x{byte:02x}");
        }
    }
    shown
}

/// The text with names for what a terminal would obey or turn around: `\n`, `\x1b`, `\u{202e}`.
fn escaped(text: &str) -> Cow<'_, str> {
    let is_raw = |c: char| {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns
    };
    if !text.contains(is_raw) {
        return text.into();
    }
    let mut shown = String::new();
    for c in text.chars() {
        let _ = match c {
            '\n' | '\r' | '\t' => write!(shown, "{}", c.escape_default()),
            c if is_raw(c) && c.is_ascii() => write!(shown, "\\x{:02x}", u32::from(c)),
            c if is_raw(c) => write!(shown, "{}", c.escape_unicode()),
            c => write!(shown, "{c}"),
        };
    }
    shown.into()
}

/// What somebody else wrote, as a part of a message: [`escaped`], and not too long.
pub(crate) fn quoted(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", escaped(&text[..end])),
        None => escaped(text).into_owned(),
    }
}

/// The text without ` (os error 28)`, which stands behind words that say the same.
fn without_numbers(mut text: String) -> String {
    while let Some(start) = text.find(" (os error ")
        && let Some(len) = text[start..].find(')')
    {
        text.replace_range(start..=start + len, "");
    }
    text
}

/// A whole number of 0 or more, for `value_parser`.
///
/// # Errors
///
/// What was expected, if it is none, or too large for its type.
pub fn whole<T: FromStr<Err = ParseIntError>>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|error: ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => "too large; expected a smaller whole number".into(),
            _ => "expected a whole number of 0 or more".into(),
        })
}

/// A number, for `value_parser`: also `inf` and `nan`, if they are written so.
///
/// # Errors
///
/// What was expected, if it is none, or one that becomes infinity or 0 although it is not.
pub fn number(text: &str) -> Result<f64, String> {
    let number: f64 = text
        .parse()
        .map_err(|_| "expected a number, for example 0.001")?;
    let digits = text.split(['e', 'E']).next().unwrap_or_default();
    if number.is_infinite() && digits.contains(|c: char| c.is_ascii_digit()) {
        return Err("too large; expected a smaller number".into());
    }
    if number == 0.0 && digits.contains(|c| matches!(c, '1'..='9')) {
        return Err("too small; expected 0 or a number that is farther from it".into());
    }
    Ok(number)
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
    ($($text:tt)*) => { $crate::base::cli::print(format_args!($($text)*)) };
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

/// Prints a line on standard error: without the numbers of the system's errors, and with names for control characters,
/// which file names may have. If nobody reads that, the work goes on in silence.
#[macro_export]
macro_rules! complain {
    ($($text:tt)*) => { $crate::base::cli::print_error(format_args!($($text)*)) };
}

/// See [`complain!`].
#[doc(hidden)]
pub fn print_error(line: std::fmt::Arguments) {
    let line = without_numbers(line.to_string());
    let _ = writeln!(stderr(), "{}", escaped(&line));
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
                StudyError::Interrupted { .. }
                | StudyError::StudyInterrupted { .. }
                | StudyError::Stopped { .. } => complain!("{error}"),
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

    #[test]
    fn terminals_obey_nothing() {
        assert_eq!(escaped("größe 1×2"), "größe 1×2");
        let text = "a\x1b[31m\nb\u{9b}\u{202e}c\x7f";
        assert_eq!(escaped(text), r"a\x1b[31m\nb\u{9b}\u{202e}c\x7f");
    }

    #[test]
    #[cfg(unix)]
    fn bytes_are_named_with_their_flag() {
        use std::os::unix::ffi::OsStringExt;
        let said = |line: &[&[u8]]| {
            let line = line.iter().map(|bytes| OsString::from_vec(bytes.to_vec()));
            no_text([OsString::from("program")].into_iter().chain(line))
        };
        let message = said(&[b"--json", b"--epochs", b"1\xff"]);
        assert!(
            message.starts_with(r"error: --epochs 1\xff: expected text"),
            "{message}"
        );
        let message = said(&[b"prelu", b"--at=\xff"]);
        assert!(
            message.starts_with(r"error: --at=\xff: expected text"),
            "{message}"
        );
    }

    #[test]
    fn the_system_speaks_in_words() {
        let text = "a: cannot write: No space left on device (os error 28); make room".to_string();
        let said = "a: cannot write: No space left on device; make room";
        assert_eq!(without_numbers(text), said);
    }

    #[test]
    fn numbers_are_what_was_typed() {
        assert_eq!(number("-1e-3"), Ok(-0.001));
        assert_eq!(number("-inf"), Ok(f64::NEG_INFINITY));
        assert_eq!(number("0e5"), Ok(0.0));
        assert!(number("1e400").unwrap_err().contains("too large"));
        assert!(number("-1e-400").unwrap_err().contains("too small"));
        assert!(number("1,5").unwrap_err().contains("a number"));
        assert_eq!(whole("7"), Ok(7u64));
        assert!(whole::<u8>("256").unwrap_err().contains("too large"));
        assert!(whole::<u64>("-1").unwrap_err().contains("0 or more"));
    }
}
