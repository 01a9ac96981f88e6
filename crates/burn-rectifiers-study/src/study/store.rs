//! Where trials are kept: a file for each, whole or not there.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Outcome, Trial};
use crate::StudyError;

/// The folder of a study. While this lives, no other process writes there.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    _lock: File,
}

/// A finished trial, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// What was run.
    pub trial: Trial,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took, which depends on the machine and on what else it had to do.
    pub seconds: f64,
}

impl Store {
    /// The folder for a study of these images on this backend, `data` in words. It may hold finished
    /// trials if `resume` is set.
    ///
    /// # Errors
    ///
    /// If the folder holds another study, or this one without `resume`, if another process is at
    /// work in it, or if it cannot be written.
    pub fn open(
        folder: &Path,
        data: &BTreeMap<String, String>,
        resume: bool,
    ) -> Result<Self, StudyError> {
        let runs = folder.join("runs");
        fs::create_dir_all(&runs).map_err(StudyError::io("create the folder", &runs))?;
        let lock = lock(folder)?;
        let store = Self {
            folder: folder.into(),
            _lock: lock,
        };
        let description = store.file("study.json");
        match store.read::<BTreeMap<String, String>>(&description)? {
            Some(there) => {
                if let Some((name, here)) = data
                    .iter()
                    .find(|(name, here)| there.get(*name) != Some(here))
                {
                    return Err(StudyError::OtherStudy {
                        folder: folder.into(),
                        what: name.clone(),
                        there: there.get(name).cloned().unwrap_or_default(),
                        here: here.clone(),
                    });
                }
                if !resume && store.count()? > 0 {
                    return Err(StudyError::StudyThere {
                        folder: folder.into(),
                        trials: store.count()?,
                    });
                }
            }
            None => store.write("study.json", &json(data))?,
        }
        Ok(store)
    }

    /// A file of the study.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The trial, if it is finished. A file that is there but does not hold it (the disk was full, or
    /// somebody edited it) does not count, and is replaced when the trial has been run again.
    pub fn find(&self, trial: &Trial) -> Option<Finished> {
        let text = fs::read_to_string(self.run(trial)).ok()?;
        let finished: Finished = serde_json::from_str(&text).ok()?;
        (finished.trial == *trial).then_some(finished)
    }

    /// Keeps a finished trial.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn keep(&self, finished: &Finished) -> Result<(), StudyError> {
        replace(&self.run(&finished.trial), json(finished).as_bytes())
    }

    /// Writes a file of the study in one go: there is always a whole one.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<(), StudyError> {
        replace(&self.file(name), text.as_bytes())
    }

    /// Reads a file of the study, if it is there.
    ///
    /// # Errors
    ///
    /// If it is there and not what it should be.
    pub fn read<T: DeserializeOwned>(&self, file: &Path) -> Result<Option<T>, StudyError> {
        let text = match fs::read_to_string(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.map_err(StudyError::io("read", file))?,
        };
        let value = serde_json::from_str(&text);
        value.map(Some).map_err(|error| StudyError::BrokenStudy {
            file: file.into(),
            reason: error.to_string(),
        })
    }

    fn count(&self) -> Result<usize, StudyError> {
        let runs = self.file("runs");
        let files = fs::read_dir(&runs).map_err(StudyError::io("read", &runs))?;
        let finished = files.filter_map(Result::ok).map(|file| file.path());
        Ok(finished
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .count())
    }

    fn run(&self, trial: &Trial) -> PathBuf {
        self.file("runs").join(format!("{}.json", trial.id()))
    }
}

/// Taken for as long as the process lives: the system lets go of it however the process ends.
fn lock(folder: &Path) -> Result<File, StudyError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(StudyError::io("write", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(StudyError::Busy {
            folder: folder.into(),
        }),
        Err(fs::TryLockError::Error(error)) => Err(StudyError::io("lock", path)(error)),
    }
}

fn replace(path: &Path, bytes: &[u8]) -> Result<(), StudyError> {
    let part = path.with_extension("part");
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(StudyError::io("write", &part))?;
    fs::rename(&part, path).map_err(StudyError::io("replace", path))
}

/// As it is written to files.
pub(super) fn json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).expect("plain data");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::trial::tests::trial;

    fn about(images: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("images".into(), images.into())])
    }

    fn finished() -> Finished {
        Finished {
            trial: trial(),
            outcome: Outcome::default(),
            seconds: 1.5,
        }
    }

    #[test]
    fn what_is_kept_is_found_and_half_a_file_is_not() {
        let temp = tempfile::tempdir().unwrap();
        let store = Store::open(temp.path(), &about("a"), false).unwrap();
        assert_eq!(store.find(&trial()), None);
        store.keep(&finished()).unwrap();
        assert_eq!(store.find(&trial()), Some(finished()));
        assert_eq!(store.find(&Trial { seed: 9, ..trial() }), None);
        let file = store.run(&trial());
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, &text[..text.len() / 2]).unwrap();
        assert_eq!(store.find(&trial()), None);
    }

    #[test]
    fn studies_are_kept_apart() {
        let temp = tempfile::tempdir().unwrap();
        let open = |images: &str, resume| {
            Store::open(temp.path(), &about(images), resume).map_err(|error| error.to_string())
        };
        let store = open("a", false).unwrap();
        assert!(open("a", true).unwrap_err().contains("another process"));
        store.keep(&finished()).unwrap();
        drop(store);
        assert!(open("a", false).unwrap_err().contains("--resume"));
        assert!(open("b", true).unwrap_err().contains("images a, not b"));
        open("a", true).unwrap();
    }
}
