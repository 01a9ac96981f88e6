//! Bytes that were valid once.

use std::{fmt, ops::Range};

use proptest::{collection::vec, prelude::*, sample::Index};

/// Bytes that a failure shows as text.
#[derive(Clone, PartialEq)]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// What stands in place of a number or a name: at the ends of types, of another type, or not fit to be shown.
const EXTREMES: &[&str] = &[
    "0",
    "-0.0",
    "-1",
    "1",
    "1.5",
    "255",
    "256",
    "4294967296",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "0.1234567890123456789",
    "1.7976931348623157e308",
    "1e400",
    "-1e400",
    "1e-400",
    "3.5e38",
    "5e-324",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "Infinity",
    "null",
    "true",
    "[]",
    "{}",
    "[[]]",
    "\"\"",
    "\"1\"",
    "\"..\"",
    "\"/\"",
    "\"relu\"",
    "\"\\u0000\\u001b[2J\\u0007\"",
    "\"two\\nlines\\r\\nand \\u2028 a third\"",
    "\"\\ud800\"",
    "\"caf\u{e9} \u{202e}\u{1f600}\"",
    "\u{1b}[31m",
    "..",
    "..:",
    "=",
    ",",
    "\n",
    "\r\n",
    "\0",
];

/// One change.
#[derive(Debug, Clone)]
pub enum Change {
    /// A bit is the other one.
    Flip(Index, u8),
    /// A byte is another.
    Set(Index, u8),
    /// So many bytes are gone.
    Remove(Index, usize),
    /// All that follows is gone.
    End(Index),
    /// Bytes come in between.
    Insert(Index, Bytes),
    /// So many bytes are there again, so many times.
    Repeat(Index, usize, usize),
    /// So many bytes are there once more, elsewhere.
    Copy(Index, usize, Index),
    /// A word is another one.
    Word(Index, &'static str),
    /// A list or an object, with all that is in it, is something else.
    Group(Index, &'static str),
    /// A list or an object is there again.
    Double(Index),
    /// A word is very long.
    Long(Index, usize),
    /// A word stands where another was, and the other way round.
    Swap(Index, Index),
    /// From here on, it is as from there on in itself.
    Jump(Index, Index),
    /// Brackets are opened, again and again.
    Nest(Index, usize),
}

/// Any change.
pub fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        2 => (at(), 0..8u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => (at(), 1..40usize).prop_map(|(at, count)| Change::Remove(at, count)),
        1 => at().prop_map(Change::End),
        1 => (at(), vec(any::<u8>(), 1..20)).prop_map(|(at, bytes)| Change::Insert(at, Bytes(bytes))),
        1 => (at(), 1..100usize, 1..50usize).prop_map(|(at, count, times)| Change::Repeat(at, count, times)),
        1 => (at(), 1..100usize, at()).prop_map(|(at, count, to)| Change::Copy(at, count, to)),
        6 => (at(), prop::sample::select(EXTREMES)).prop_map(|(at, word)| Change::Word(at, word)),
        2 => (at(), prop::sample::select(EXTREMES)).prop_map(|(at, group)| Change::Group(at, group)),
        1 => at().prop_map(Change::Double),
        1 => (at(), 1..20_000usize).prop_map(|(at, count)| Change::Long(at, count)),
        2 => (at(), at()).prop_map(|(a, b)| Change::Swap(a, b)),
        1 => (at(), at()).prop_map(|(from, to)| Change::Jump(from, to)),
        1 => (at(), 1..2_000usize).prop_map(|(at, times)| Change::Nest(at, times)),
    ]
}

/// A few changes, most often one.
pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop_oneof![3 => vec(change(), 1..2), 2 => vec(change(), 0..6)]
}

/// The bytes after the changes.
pub fn changed(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    changes
        .iter()
        .fold(bytes.to_vec(), |bytes, change| change.apply(bytes))
}

/// One of `valid`, changed; or what has nothing to do with it.
pub fn damaged(valid: Vec<Vec<u8>>) -> impl Strategy<Value = Bytes> {
    let some = (prop::sample::select(valid), changes());
    prop_oneof![
        12 => some.prop_map(|(bytes, changes)| Bytes(changed(&bytes, &changes))),
        1 => vec(any::<u8>(), 0..3000).prop_map(Bytes),
        1 => ".{0,200}".prop_map(|text| Bytes(text.into_bytes())),
    ]
}

/// As [`damaged`], for what only takes text.
pub fn damaged_text(valid: &[&str]) -> impl Strategy<Value = String> {
    let valid = valid.iter().map(|text| text.as_bytes().to_vec()).collect();
    damaged(valid).prop_map(|bytes| String::from_utf8_lossy(&bytes.0).into_owned())
}

impl Change {
    fn apply(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let len = bytes.len();
        if len == 0 {
            return bytes;
        }
        let part = |at: &Index, count: usize| {
            let at = at.index(len);
            at..len.min(at + count)
        };
        let word = |at: &Index, by: &[u8], bytes: &mut Vec<u8>| {
            let words = words(bytes);
            if !words.is_empty() {
                let place = words[at.index(words.len())].clone();
                bytes.splice(place, by.iter().copied());
            }
        };
        match self {
            Self::Flip(at, bit) => bytes[at.index(len)] ^= 1 << bit,
            Self::Set(at, byte) => bytes[at.index(len)] = *byte,
            Self::Remove(at, count) => drop(bytes.drain(part(at, *count))),
            Self::End(at) => bytes.truncate(at.index(len)),
            Self::Insert(at, Bytes(more)) => {
                let at = at.index(len);
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Repeat(at, count, times) => {
                let place = part(at, *count);
                let more = bytes[place.clone()].repeat(*times);
                bytes.splice(place.end..place.end, more);
            }
            Self::Copy(at, count, to) => {
                let (more, to) = (bytes[part(at, *count)].to_vec(), to.index(len));
                bytes.splice(to..to, more);
            }
            Self::Word(at, by) => word(at, by.as_bytes(), &mut bytes),
            Self::Group(at, by) => {
                let groups = groups(&bytes);
                if !groups.is_empty() {
                    let place = groups[at.index(groups.len())].clone();
                    bytes.splice(place, by.bytes());
                }
            }
            Self::Double(at) => {
                let groups = groups(&bytes);
                if !groups.is_empty() {
                    let place = groups[at.index(groups.len())].clone();
                    let again = [b",", &bytes[place.clone()]].concat();
                    bytes.splice(place.end..place.end, again);
                }
            }
            Self::Long(at, count) => word(at, &b"long".repeat(*count), &mut bytes),
            Self::Swap(a, b) => {
                let words = words(&bytes);
                if !words.is_empty() {
                    let [a, b] = [a, b].map(|at| words[at.index(words.len())].clone());
                    let (first, last) = match a.start < b.start {
                        true => (a, b),
                        false => (b, a),
                    };
                    let [one, two] = [&first, &last].map(|place| bytes[place.clone()].to_vec());
                    bytes.splice(last, one);
                    bytes.splice(first, two);
                }
            }
            Self::Jump(from, to) => {
                let rest = bytes[to.index(len)..].to_vec();
                bytes.truncate(from.index(len));
                bytes.extend(rest);
            }
            Self::Nest(at, times) => word(at, &b"[".repeat(*times), &mut bytes),
        }
        bytes
    }
}

/// Where lists and objects are, with their brackets.
fn groups(bytes: &[u8]) -> Vec<Range<usize>> {
    let (mut open, mut groups) = (vec![], vec![]);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'[' | b'{' => open.push(at),
            b']' | b'}' => groups.extend(open.pop().map(|start| start..at + 1)),
            _ => {}
        }
    }
    groups
}

/// Where the words are: quoted ones with their quotes, and numbers with sign and exponent.
fn words(bytes: &[u8]) -> Vec<Range<usize>> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte);
    let mut words = vec![];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = match rest[0] {
            b'"' => rest[1..]
                .iter()
                .position(|byte| *byte == b'"')
                .map_or(1, |end| end + 2),
            _ => rest.iter().take_while(|byte| is_part(**byte)).count(),
        };
        if length > 0 {
            words.push(at..at + length);
        }
        at += length.max(1);
    }
    words
}
