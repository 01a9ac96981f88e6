//! The images that a run asks for.

use std::path::{Path, PathBuf};

use crate::base::error::{StudyError, wrong};
use crate::base::memory::fits_into_memory;
use crate::training::settings::Settings;
use burn_rectifiers_data::{
    Images, PIXELS, Split, cifar,
    download::{self, Source},
    synthetic,
};

impl Settings {
    /// Draws, reads or (only with `download`) fetches the images of this run.
    ///
    /// Sizes default to 5,000 and 1,000 synthetic images, and to all there are of CIFAR.
    ///
    /// # Errors
    ///
    /// If the data are missing or broken, or have fewer images than asked for; if files are named for synthetic ones, or
    /// memory cannot hold those.
    pub fn images(&self, download: bool) -> Result<Split, StudyError> {
        let Some(kind) = self.data.kind() else {
            // Whoever names files expects them to be used.
            for (is_given, flag) in [
                (download, "--download"),
                (self.data_dir.is_some(), "--data-dir"),
            ] {
                if is_given {
                    let expected = format!("cifar10 or cifar100 with {flag}");
                    return Err(wrong("data", self.data.name(), &expected));
                }
            }
            let (train, test) = (
                self.train_size.unwrap_or(5_000),
                self.test_size.unwrap_or(1_000),
            );
            for (setting, size) in [("train-size", train), ("test-size", test)] {
                fits_into_memory(setting, size, (size * PIXELS) as u64)?;
            }
            return Ok(synthetic::split(self.seed, train, test));
        };
        let folder = self
            .data_dir
            .clone()
            .unwrap_or_else(|| PathBuf::from("data"));
        let folder = match download {
            true => download::fetch(kind, &folder, &Source::official(kind))?,
            false => folder,
        };
        let Split { train, test } = cifar::load(kind, &folder)?;
        Ok(Split {
            train: first(train, self.train_size, "train-size", &folder)?,
            test: first(test, self.test_size, "test-size", &folder)?,
        })
    }
}

/// The first `wanted` images, or all.
fn first(
    images: Images,
    wanted: Option<usize>,
    setting: &'static str,
    folder: &Path,
) -> Result<Images, StudyError> {
    match wanted {
        Some(wanted) if wanted > images.len() => Err(StudyError::Setting {
            setting,
            value: wanted.to_string(),
            expected: format!(
                "at most {}, all there are in {}",
                images.len(),
                folder.display()
            ),
        }),
        Some(wanted) => Ok(images.take(wanted)),
        None => Ok(images),
    }
}
