//! Where trials are kept: a file for each, whole or not there.

use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Outcome, Trial};
use crate::base::cli::quoted;
use crate::base::error::StudyError;
use crate::base::files::{self, OwnFolder, PART};

/// The folder of a study. While this lives, no other process writes there.
#[derive(Debug)]
pub struct Store {
    own: OwnFolder,
    /// What the trials of this study are of, besides what they say themselves.
    about: BTreeMap<String, String>,
}

/// Whose the folder is.
const PROGRAM: &str = "study";

/// What a study leaves in its folder.
const NAMES: [&str; 8] = [
    "runs",
    "study.json",
    "plans.json",
    "costs.json",
    "results.json",
    "results.csv",
    "report.md",
    "report.html",
];

/// A finished trial, and all that it depends on: in its file, with a checksum in the line below.
#[derive(Serialize, Deserialize)]
struct Stored<A, F> {
    about: A,
    finished: F,
}

/// A finished trial.
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
    /// If the folder holds another study, or this one without `resume`, or files that no study wrote, if another
    /// process is at work in it, or if it cannot be written.
    pub fn open(
        folder: &Path,
        data: &BTreeMap<String, String>,
        resume: bool,
    ) -> Result<Self, StudyError> {
        let store = Self {
            own: OwnFolder::take(folder, PROGRAM, &NAMES)?,
            about: data.clone(),
        };
        let runs = store.file("runs");
        files::can_be_folder(&runs)?;
        fs::create_dir_all(&runs).map_err(StudyError::io("create the folder", &runs))?;
        store.clean()?;
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
                        there: there.get(name).map_or("none".into(), |there| quoted(there)),
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
        self.folder().join(name)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.own.path()
    }

    /// Deletes trials that a killed study was writing.
    fn clean(&self) -> Result<(), StudyError> {
        let runs = self.file("runs");
        let left = fs::read_dir(&runs).map_err(StudyError::io("read", &runs))?;
        let left = left.filter_map(Result::ok).map(|file| file.path());
        let is_part = |path: &PathBuf| path.to_string_lossy().ends_with(&format!(".json{PART}"));
        left.filter(is_part)
            .try_for_each(|path| files::remove(&path))
    }

    /// The trial, if it is finished. A file that is there but does not hold it (the disk was full, a bit has changed, it
    /// is of other images) does not count, and is replaced when the trial has been run again.
    pub fn find(&self, trial: &Trial) -> Option<Finished> {
        let text = files::read(&self.run(trial)).ok()?;
        let (text, sum) = text.trim_end().split_once('\n')?;
        if sum != files::checksum_of(text.as_bytes()) {
            return None;
        }
        let stored: Stored<BTreeMap<String, String>, Finished> = serde_json::from_str(text).ok()?;
        // A number may be read as its neighbour: the trial that was asked for goes the same way.
        let asked: Trial = serde_json::from_str(&json(trial)).ok()?;
        let is_it = stored.about == self.about && stored.finished.trial == asked;
        is_it.then(|| Finished {
            trial: trial.clone(),
            ..stored.finished
        })
    }

    /// Keeps a finished trial.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn keep(&self, finished: &Finished) -> Result<(), StudyError> {
        let text = json(&Stored {
            about: &self.about,
            finished,
        });
        let sum = files::checksum_of(text.trim_end().as_bytes());
        files::replace(&self.run(&finished.trial), format!("{text}{sum}\n"))
    }

    /// Writes a file of the study in one go: there is always a whole one.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<(), StudyError> {
        files::replace(&self.file(name), text)
    }

    /// Reads a file of the study, if it is there.
    ///
    /// # Errors
    ///
    /// If it is there and not what it should be.
    pub fn read<T: DeserializeOwned>(&self, file: &Path) -> Result<Option<T>, StudyError> {
        let text = match files::read(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text,
        };
        let broken = |reason: String| StudyError::BrokenStudy {
            file: file.into(),
            reason: quoted(&reason),
        };
        let text = text.map_err(|error| match error.kind() {
            // No text, or no ordinary file.
            ErrorKind::InvalidData | ErrorKind::Other => broken(error.to_string()),
            _ => StudyError::io("read", file)(error),
        })?;
        let value = serde_json::from_str(&text);
        value.map(Some).map_err(|error| broken(error.to_string()))
    }

    /// How many files of finished trials there are.
    pub(super) fn count(&self) -> Result<usize, StudyError> {
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
        // Another number, and nothing else.
        fs::write(&file, text.replace("1.5", "1.6")).unwrap();
        assert_eq!(store.find(&trial()), None);
        fs::write(&file, &text).unwrap();
        assert_eq!(store.find(&trial()), Some(finished()));
    }

    #[test]
    fn trials_of_other_images_do_not_count() {
        let temp = tempfile::tempdir().unwrap();
        let store = Store::open(temp.path(), &about("a"), false).unwrap();
        store.keep(&finished()).unwrap();
        drop(store);
        // What a message about a broken `study.json` advises.
        fs::remove_file(temp.path().join("study.json")).unwrap();
        let store = Store::open(temp.path(), &about("b"), true).unwrap();
        assert_eq!(store.find(&trial()), None);
        drop(store);
        fs::remove_file(temp.path().join("study.json")).unwrap();
        let store = Store::open(temp.path(), &about("a"), true).unwrap();
        assert_eq!(store.find(&trial()), Some(finished()));
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
