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

/// The images of a run by what they are for.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What is learned from.
    pub train: Images,
    /// What the best epoch is chosen by, if that is asked for.
    pub validation: Option<Images>,
    /// What the result is judged by.
    pub test: Images,
}

impl Settings {
    /// The images with the last training images kept for validation, if that is asked for.
    ///
    /// # Errors
    ///
    /// If none would be left for training or for validation.
    pub fn parts(&self, data: &Split) -> Result<Parts, StudyError> {
        let Split { train, test } = data.clone();
        if self.val_split == 0.0 {
            let validation = None;
            return Ok(Parts {
                train,
                validation,
                test,
            });
        }
        let kept = (self.val_split * train.len() as f64).round() as usize;
        if kept == 0 || kept >= train.len() {
            let expected = format!(
                "a share with which each part of {} images has some",
                train.len()
            );
            return Err(wrong("val-split", self.val_split, &expected));
        }
        let (train, validation) = train.split_at(train.len() - kept);
        let validation = Some(validation);
        Ok(Parts {
            train,
            validation,
            test,
        })
    }
}

impl Parts {
    /// What each epoch is judged by.
    pub fn judging(&self) -> &Images {
        self.validation.as_ref().unwrap_or(&self.test)
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
