//! What can go wrong with data, each told in one line.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why images could not be loaded. The message is one line that names the file, the place in it
/// and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The folder does not exist, or is no folder.
    #[error("{}: {}; name the folder with the {kind} files, or one to fetch them into with --download", .folder.display(), no_folder(.folder))]
    NoFolder {
        /// The data set that was asked for.
        kind: &'static str,
        /// The folder that was named.
        folder: PathBuf,
    },

    /// The folder holds none of the files.
    #[error("{}: no {kind} files ({expected}) here or in {inner}/; fetch them with --download", .folder.display())]
    NoFiles {
        /// The data set that was asked for.
        kind: &'static str,
        /// The folder that was named.
        folder: PathBuf,
        /// The files that belong there.
        expected: &'static str,
        /// The folder inside it that was searched as well.
        inner: &'static str,
    },

    /// Some of the files are there, but not this one.
    #[error("{}: missing; {kind} needs it, --download into another folder fetches the whole set", .file.display())]
    MissingFile {
        /// The data set that was asked for.
        kind: &'static str,
        /// The file, or the pattern of its name.
        file: PathBuf,
    },

    /// A pipe, a device or a folder has the name of a file.
    #[error("{}: no ordinary file; expected {kind} records", .file.display())]
    NoFile {
        /// The data set that was asked for.
        kind: &'static str,
        /// What has that name.
        file: PathBuf,
    },

    /// A file has no bytes.
    #[error("{}: empty file at offset 0; expected {kind} records of {record} bytes, fetch it again", .file.display())]
    EmptyFile {
        /// The data set that was asked for.
        kind: &'static str,
        /// The file.
        file: PathBuf,
        /// Bytes of a record.
        record: usize,
    },

    /// A file ends in the middle of a record.
    #[error("{}: truncated at offset {offset}: record {} has {left} of {record} bytes; fetch the file again", .file.display(), .offset / .record)]
    Truncated {
        /// The file.
        file: PathBuf,
        /// Where the incomplete record begins.
        offset: usize,
        /// Bytes of a record.
        record: usize,
        /// Bytes there are of the last one.
        left: usize,
    },

    /// A label byte names no class.
    #[error("{}: label {label} at offset {offset} (record {record}) is out of range 0..={}; is this a {kind} file?", .file.display(), .classes - 1)]
    Label {
        /// The data set that was asked for.
        kind: &'static str,
        /// The file.
        file: PathBuf,
        /// Where the byte is.
        offset: usize,
        /// Index of the record.
        record: usize,
        /// The byte.
        label: u8,
        /// Number of classes.
        classes: usize,
    },

    /// The operating system refused something.
    #[error("{}: cannot {action}: {source}", .path.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },

    /// The server could not be reached, refused, or broke off.
    #[error("{url}: download failed at offset {offset}: {reason}; try again, or unpack the archive into {} by hand", .folder.display())]
    Download {
        /// The address.
        url: String,
        /// Bytes that had arrived.
        offset: u64,
        /// What happened.
        reason: String,
        /// Where the data belong.
        folder: PathBuf,
    },

    /// What arrived is not the official archive.
    #[error(
        "{url}: {what} is {found}, expected {expected}: broken or altered, nothing was kept; try again or use another source"
    )]
    Tampered {
        /// The address.
        url: String,
        /// The property that differs.
        what: &'static str,
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },

    /// The archive is authentic but lacks a file, or cannot be unpacked.
    #[error("{}: cannot unpack: {reason}; nothing was kept", .archive.display())]
    Archive {
        /// The archive.
        archive: PathBuf,
        /// What is wrong.
        reason: String,
    },

    /// Another process is fetching the same archive.
    #[error("{}: another process is downloading it; wait for that one and start again", .part.display())]
    Busy {
        /// The file that is being written.
        part: PathBuf,
    },
}

fn no_folder(path: &Path) -> &'static str {
    match path.symlink_metadata() {
        Ok(_) => "is no folder",
        Err(_) => "no such folder",
    }
}

impl DataError {
    /// For `map_err` on file operations.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

/// What somebody else said, in one line that a terminal shows as it is, and that ends.
pub(crate) fn one_line(text: &str) -> String {
    const MOST: usize = 500;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if line.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}
