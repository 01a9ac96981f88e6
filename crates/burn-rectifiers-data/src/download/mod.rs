//! Fetching the official archives.
//!
//! The archive is streamed into a `.part` file and hashed on the way; only when size and SHA-256
//! are the known ones is it unpacked, into a temporary folder that is renamed into place as the
//! last step. So the data are either there and complete or not there at all, whatever happens in
//! between, and once they are there the network is not touched again.

mod archive;
mod source;
mod transfer;

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

pub use source::Source;

use crate::{
    DataError,
    cifar::{self, Kind},
};

/// Makes sure that the data set is in `dir`, fetching it if it is not, and returns the folder that
/// holds its files. Shows a progress bar if standard error is a terminal.
///
/// # Errors
///
/// If the download or the disk fails; nothing half-finished is left behind then.
pub fn fetch(kind: Kind, dir: &Path, source: &Source) -> Result<PathBuf, DataError> {
    match cifar::find(kind, dir) {
        Ok(files) => return Ok(files.folder),
        // Something else is there, which is not to be replaced.
        Err(other @ DataError::NoFolder { .. }) if fs::symlink_metadata(dir).is_ok() => {
            return Err(other);
        }
        Err(DataError::NoFolder { .. } | DataError::NoFiles { .. }) => {}
        // Some files are there: the user's own, which must not be mixed with others.
        Err(incomplete) => return Err(incomplete),
    }
    fs::create_dir_all(dir).map_err(DataError::io("create the folder", dir))?;
    let part = Part::lock(dir.join(format!("{}.tar.gz.part", kind.folder())))?;
    // Another process may have finished between the first look and the lock.
    if let Ok(files) = cifar::find(kind, dir) {
        return Ok(files.folder);
    }
    transfer::download(source, dir, &part.file, &part.path)?;
    archive::unpack(kind, &part.file, &part.path, dir)
}

/// The file an archive is written to. It is locked while this process uses it and removed after.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    fn lock(path: PathBuf) -> Result<Self, DataError> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            // Not yet: until it is locked the content may be another process's.
            .truncate(false)
            .open(&path)
            .map_err(DataError::io("write", &path))?;
        // File systems without locks exist; there, one process at a time is up to the user.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(DataError::Busy { part: path });
        }
        file.set_len(0).map_err(DataError::io("write", &path))?;
        Ok(Self { path, file })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Best effort: what stays is overwritten by the next download.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests;
