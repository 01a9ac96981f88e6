//! What a run keeps of itself after each epoch: everything that a resume needs, whole or not there.
//!
//! ```text
//! checkpoint/epoch-3/   model.bpk, optim.bpk, scheduler.bpk   from burn-train
//!                       metrics.csv, steps.csv                up to that epoch
//!                       settings.json, data.json              what the run is, and of which images
//!                       SHA256SUMS                            of all of these, for `sha256sum -c`
//! ```
//!
//! It is written as `unfinished-3`, put on the disk, and renamed. So there is one moment from which on it is there.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use crate::base::error::StudyError;
use crate::base::files::{checksum, read, remove, replace, sync_folder};

/// What burn-train writes.
pub(crate) const PARTS: [&str; 3] = ["model", "optim", "scheduler"];

/// What comes with it.
const TEXTS: [&str; 4] = ["metrics.csv", "steps.csv", "settings.json", "data.json"];

/// The checksums of the others. Without it, nothing counts.
const SUMS: &str = "SHA256SUMS";

/// The folder of all checkpoints of a run.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoints(PathBuf);

/// What is wrong with a checkpoint.
#[derive(Debug)]
pub(crate) struct Damage {
    pub file: PathBuf,
    pub reason: String,
}

impl Checkpoints {
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The files of a checkpoint.
    fn names() -> impl Iterator<Item = String> {
        let parts = PARTS.iter().map(|part| format!("{part}.bpk"));
        parts.chain(TEXTS.map(String::from))
    }

    fn folder(&self, epoch: usize) -> PathBuf {
        self.0.join(format!("epoch-{epoch}"))
    }

    /// One file of a checkpoint.
    pub fn file(&self, epoch: usize, name: &str) -> PathBuf {
        self.folder(epoch).join(name)
    }

    /// Where the files of a checkpoint go until [`finish`](Self::finish).
    pub fn unfinished(&self, epoch: usize) -> PathBuf {
        self.0.join(format!("unfinished-{epoch}"))
    }

    /// Completes the checkpoint whose parts lie in [`unfinished`](Self::unfinished), with `texts` for the other
    /// files.
    pub fn finish(&self, epoch: usize, texts: [String; TEXTS.len()]) -> io::Result<()> {
        let folder = self.unfinished(epoch);
        for (name, text) in TEXTS.iter().zip(texts) {
            fs::write(folder.join(name), text)?;
        }
        let mut sums = String::new();
        for name in Self::names() {
            let file = folder.join(&name);
            sums += &format!("{}  {name}\n", checksum(&file)?);
            File::open(file)?.sync_all()?;
        }
        fs::write(folder.join(SUMS), sums)?;
        File::open(folder.join(SUMS))?.sync_all()?;
        sync_folder(&folder)?;
        fs::rename(folder, self.folder(epoch))?;
        sync_folder(&self.0)
    }

    /// The epochs of which there is a checkpoint, the last one at the end. Their files were not looked into.
    pub fn epochs(&self) -> Vec<usize> {
        let names = self.entries("epoch-").filter_map(|(name, path)| {
            let epoch: usize = name.parse().ok()?;
            // `epoch-03` is not where the files of epoch 3 would be looked for.
            let is_own = epoch > 0 && path == self.folder(epoch) && path.join(SUMS).exists();
            is_own.then_some(epoch)
        });
        let mut epochs: Vec<usize> = names.collect();
        epochs.sort_unstable();
        epochs
    }

    /// What lies in the folder with a name that begins so: the rest of the name, and where it is.
    fn entries(&self, prefix: &str) -> impl Iterator<Item = (String, PathBuf)> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        entries.filter_map(move |entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((name.strip_prefix(prefix)?.into(), entry.path()))
        })
    }

    /// Compares all files of a checkpoint with their checksums.
    pub fn check(&self, epoch: usize) -> Result<(), Damage> {
        let folder = self.folder(epoch);
        let damage = |name: &str, reason: &str| Damage {
            file: folder.join(name),
            reason: reason.into(),
        };
        let sums = read(&folder.join(SUMS));
        let sums = sums.map_err(|error| damage(SUMS, &error.to_string()))?;
        let sums: Vec<(&str, &str)> = sums.lines().filter_map(|l| l.split_once("  ")).collect();
        for name in Self::names() {
            let Some((expected, _)) = sums.iter().find(|(_, of)| *of == name) else {
                return Err(damage(SUMS, &format!("it does not name {name}")));
            };
            match checksum(&folder.join(&name)) {
                Ok(sum) if sum == *expected => {}
                Ok(_) => return Err(damage(&name, "its checksum is another")),
                Err(error) => return Err(damage(&name, &error.to_string())),
            }
        }
        Ok(())
    }

    /// Gives a damaged checkpoint another name, which it returns.
    pub fn set_aside(&self, epoch: usize) -> Result<PathBuf, StudyError> {
        let from = self.folder(epoch);
        let names = (1..).map(|number| match number {
            1 => format!("damaged-epoch-{epoch}"),
            _ => format!("damaged-epoch-{epoch}-{number}"),
        });
        let mut free = names
            .map(|name| self.0.join(name))
            .filter(|to| !to.exists());
        let to = free.next().expect("there is always a next number");
        let renamed = fs::rename(&from, &to).and_then(|()| sync_folder(&self.0));
        renamed.map_err(StudyError::io("rename", from))?;
        Ok(to)
    }

    /// Deletes a checkpoint, if it is there.
    pub fn delete(&self, epoch: usize) -> Result<(), StudyError> {
        delete(&self.folder(epoch))
    }

    /// Deletes what killed runs left: checkpoints that were being written or deleted.
    pub fn clean(&self) -> Result<(), StudyError> {
        let unfinished = self.entries("unfinished-").map(|(_, path)| path);
        let deleted = self.entries("epoch-").map(|(_, path)| path);
        let deleted = deleted.filter(|path| !path.join(SUMS).exists());
        let left: Vec<PathBuf> = unfinished.chain(deleted).collect();
        left.iter().try_for_each(|path| delete(path))
    }

    /// Deletes all checkpoints but damaged ones.
    pub fn clear(&self) -> Result<(), StudyError> {
        self.clean()?;
        self.epochs()
            .into_iter()
            .try_for_each(|epoch| self.delete(epoch))
    }

    /// Writes a text of a checkpoint to another file.
    pub fn copy(&self, epoch: usize, name: &str, to: &Path) -> Result<(), StudyError> {
        let from = self.file(epoch, name);
        let text = fs::read(&from).map_err(StudyError::io("read", from))?;
        replace(to, text)
    }
}

/// Deletes the folder of a checkpoint: first what makes it count, then its other files. What else somebody put there
/// stays.
fn delete(folder: &Path) -> Result<(), StudyError> {
    let names = Checkpoints::names();
    let all = std::iter::once(SUMS.into()).chain(names);
    all.map(|name| folder.join(name))
        .try_for_each(|file| remove(&file))?;
    let _ = fs::remove_dir(folder);
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Leaves a checkpoint of that epoch.
    pub fn pretend(checkpoints: &Checkpoints, epoch: usize, texts: [String; 4]) {
        let folder = checkpoints.unfinished(epoch);
        fs::create_dir_all(&folder).unwrap();
        for part in PARTS {
            fs::write(
                folder.join(format!("{part}.bpk")),
                format!("{part} {epoch}"),
            )
            .unwrap();
        }
        checkpoints.finish(epoch, texts).unwrap();
    }

    fn texts() -> [String; 4] {
        TEXTS.map(|name| format!("the text of {name}"))
    }

    #[test]
    fn a_damaged_file_is_named_and_kept() {
        let temp = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(temp.path().join("checkpoint"));
        for name in Checkpoints::names().chain([SUMS.into()]) {
            pretend(&checkpoints, 3, texts());
            checkpoints.check(3).unwrap();
            let file = checkpoints.file(3, &name);
            let mut bytes = fs::read(&file).unwrap();
            bytes[5] ^= 1;
            fs::write(&file, &bytes).unwrap();
            let damage = checkpoints.check(3).unwrap_err();
            assert!(damage.file == file || name == SUMS, "{damage:?}");
            let aside = checkpoints.set_aside(3).unwrap();
            assert_eq!(fs::read(aside.join(&name)).unwrap(), bytes);
            assert!(checkpoints.epochs().is_empty());
        }
        pretend(&checkpoints, 3, texts());
        fs::remove_file(checkpoints.file(3, "steps.csv")).unwrap();
        assert!(
            checkpoints
                .check(3)
                .unwrap_err()
                .file
                .ends_with("steps.csv")
        );
    }

    #[test]
    fn leftovers_go_and_other_files_stay() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("checkpoint");
        let checkpoints = Checkpoints::new(folder.clone());
        checkpoints.clean().unwrap();
        (1..=3).for_each(|epoch| pretend(&checkpoints, epoch, texts()));
        assert_eq!(checkpoints.epochs(), [1, 2, 3]);
        // Killed while one was written, and another deleted.
        fs::create_dir(checkpoints.unfinished(4)).unwrap();
        fs::write(checkpoints.unfinished(4).join("model.bpk"), "half").unwrap();
        fs::remove_file(checkpoints.file(1, SUMS)).unwrap();
        assert_eq!(checkpoints.epochs(), [2, 3]);
        fs::write(folder.join("epoch-2/notes.txt"), "mine").unwrap();
        checkpoints.clean().unwrap();
        assert!(!checkpoints.unfinished(4).exists() && !folder.join("epoch-1").exists());
        checkpoints.clear().unwrap();
        assert!(checkpoints.epochs().is_empty());
        let left = fs::read_to_string(folder.join("epoch-2/notes.txt"));
        assert_eq!(left.unwrap(), "mine");
    }
}
