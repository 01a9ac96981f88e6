//! CIFAR-10 and CIFAR-100 in the official binary layout.
//!
//! A file is a sequence of records without any header. A CIFAR-10 record is a label byte and 3,072
//! pixel bytes; a CIFAR-100 record has a coarse label byte before the fine label, and the fine one
//! is used here. Any number of training files, each with any whole number of records, is accepted.
//! <https://www.cs.toronto.edu/~kriz/cifar.html> describes the layout.

mod kind;
mod names;
mod records;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub use kind::Kind;

use crate::{DataError, Split};

/// The files of one data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The folder they lie in.
    pub folder: PathBuf,
    /// Training files, in natural order (2 before 10).
    pub train: Vec<PathBuf>,
    /// The test file.
    pub test: PathBuf,
}

/// Reads the data set from `dir`, or from the folder of the official archive inside it.
///
/// # Errors
///
/// If files are missing, empty, truncated or hold impossible labels.
pub fn load(kind: Kind, dir: &Path) -> Result<Split, DataError> {
    let files = find(kind, dir)?;
    let classes = names::of(kind, &files.folder);
    Ok(Split {
        train: records::read(kind, &files.train, &classes)?,
        test: records::read(kind, &[files.test], &classes)?,
    })
}

/// Finds the files of the data set without reading them.
///
/// # Errors
///
/// If the folder or a file is missing.
pub fn find(kind: Kind, dir: &Path) -> Result<Files, DataError> {
    if !dir.is_dir() {
        return Err(DataError::NoFolder {
            kind: kind.name(),
            folder: dir.into(),
        });
    }
    for folder in [dir.to_owned(), dir.join(kind.folder())] {
        let (train, test) = (train_files(kind, &folder)?, folder.join(kind.test_file()));
        match (train.is_empty(), test.is_file()) {
            (false, true) => {
                return Ok(Files {
                    folder,
                    train,
                    test,
                });
            }
            (true, false) => continue,
            (false, false) => return Err(missing(kind, test)),
            (true, true) => {
                return Err(missing(
                    kind,
                    folder.join(format!("{}*.bin", kind.train_prefix())),
                ));
            }
        }
    }
    Err(DataError::NoFiles {
        kind: kind.name(),
        folder: dir.into(),
        expected: kind.expected(),
        inner: kind.folder(),
    })
}

fn missing(kind: Kind, file: PathBuf) -> DataError {
    DataError::MissingFile {
        kind: kind.name(),
        file,
    }
}

/// The training files in a folder, in natural order; none if there is no such folder.
fn train_files(kind: Kind, folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let failed = || DataError::io("list the folder", folder);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        if let Some(name) = entry
            .file_name()
            .to_str()
            .filter(|name| kind.is_train_file(name))
        {
            names.push(name.to_owned());
        }
    }
    // A number has no leading zeros here, so of two names the shorter one has the smaller number.
    names.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

#[cfg(test)]
mod tests;
