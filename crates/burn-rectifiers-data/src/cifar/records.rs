//! Reading and checking records.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Kind;
use crate::{DataError, Images, PIXELS};

/// Reads files one after the other into one set of images.
pub(super) fn read(kind: Kind, files: &[PathBuf], classes: &[String]) -> Result<Images, DataError> {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for file in files {
        // Reading a pipe would wait for a writer.
        let metadata = fs::metadata(file).map_err(DataError::io("read the file", file))?;
        if !metadata.is_file() {
            return Err(DataError::NoFile {
                kind: kind.name(),
                file: file.clone(),
            });
        }
        let bytes = fs::read(file).map_err(DataError::io("read the file", file))?;
        check_size(kind, file, bytes.len())?;
        let count = bytes.len() / kind.record();
        pixels.reserve_exact(count * PIXELS);
        labels.reserve_exact(count);
        for (index, record) in bytes.chunks_exact(kind.record()).enumerate() {
            let (head, image) = record.split_at(kind.label_offset() + 1);
            let label = head[kind.label_offset()];
            if usize::from(label) >= kind.classes() {
                return Err(DataError::Label {
                    kind: kind.name(),
                    file: file.clone(),
                    offset: index * kind.record() + kind.label_offset(),
                    record: index,
                    label,
                    classes: kind.classes(),
                });
            }
            labels.push(label);
            pixels.extend_from_slice(image);
        }
    }
    Ok(Images::new(pixels, labels, classes.to_vec()))
}

/// A file is a whole number of records, and at least one.
fn check_size(kind: Kind, file: &Path, bytes: usize) -> Result<(), DataError> {
    let record = kind.record();
    let left = bytes % record;
    if bytes == 0 {
        Err(DataError::EmptyFile {
            kind: kind.name(),
            file: file.into(),
            record,
        })
    } else if left != 0 {
        Err(DataError::Truncated {
            file: file.into(),
            offset: bytes - left,
            record,
            left,
        })
    } else {
        Ok(())
    }
}
