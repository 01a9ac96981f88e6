//! Files that are whole or not there, and folders that a program may change because they are its own.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::base::{cli::quoted, error::StudyError};

/// The file that says whose a folder is. While a process works there, it holds a lock on it.
const MARK: &str = ".burn-rectifiers";

/// What stands in that file.
#[derive(Serialize, Deserialize)]
struct Mark {
    program: String,
    version: String,
}

/// A folder that this program made, or found without any of its files, and that no other process works in while this
/// lives.
#[derive(Debug)]
pub struct OwnFolder {
    path: PathBuf,
    _lock: File,
}

impl OwnFolder {
    /// Whether the folder is there and says that it is one of `program`.
    pub fn is_there(path: &Path, program: &str) -> bool {
        let mark = open(&path.join(MARK)).and_then(|file| mark_in(&file));
        matches!(mark, Ok(Some(mark)) if mark.program == program)
    }

    /// Takes the folder at `path`, making it if necessary, for `program`, which writes files and folders called `names`
    /// there. Of those files, what was not complete when a process was killed is deleted.
    ///
    /// # Errors
    ///
    /// If it is another program's, if one of those files is there although nothing says that it is this program's, if
    /// another process is at work in it, or if it cannot be made.
    pub fn take(path: &Path, program: &str, names: &[&str]) -> Result<Self, StudyError> {
        can_be_folder(path)?;
        fs::create_dir_all(path).map_err(StudyError::io("create the folder", path))?;
        let file = path.join(MARK);
        let foreign = |what: String| StudyError::Foreign {
            folder: path.into(),
            what,
        };
        if fs::metadata(&file).is_ok_and(|there| !there.is_file()) {
            return Err(foreign(format!("a `{MARK}` that is no file")));
        }
        let lock = match OpenOptions::new().read(true).append(true).open(&file) {
            Ok(lock) => lock,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if let Some(name) = names.iter().find(|name| path.join(name).exists()) {
                    return Err(foreign(format!(
                        "a `{name}` that `{program}` did not write"
                    )));
                }
                let open = OpenOptions::new()
                    .create(true)
                    .read(true)
                    .append(true)
                    .open(&file);
                open.map_err(StudyError::io("write", &file))?
            }
            Err(error) => return Err(StudyError::io("open", &file)(error)),
        };
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StudyError::Busy {
                    folder: path.into(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(StudyError::io("lock", file)(error)),
        }
        // Through the file that is locked: Windows lets no other read it.
        match mark_in(&lock).map_err(StudyError::io("read", &file))? {
            Some(mark) if mark.program == program => {}
            Some(mark) => return Err(foreign(format!("files of `{}`", quoted(&mark.program)))),
            None => {
                let mark = Mark {
                    program: program.into(),
                    version: env!("CARGO_PKG_VERSION").into(),
                };
                let text = serde_json::to_string(&mark).expect("plain data") + "\n";
                let write = || -> io::Result<()> {
                    // What a process wrote that was stopped in the middle.
                    lock.set_len(0)?;
                    (&lock).write_all(text.as_bytes())?;
                    lock.sync_all()?;
                    sync_folder(path)
                };
                write().map_err(StudyError::io("write", &file))?;
            }
        }
        // What a process was writing that was killed.
        for name in names {
            remove(&part_of(&path.join(name)))?;
        }
        Ok(Self {
            path: path.into(),
            _lock: lock,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Refuses the path of a folder that is something else, or lies in something else.
///
/// # Errors
///
/// If so.
pub(crate) fn can_be_folder(path: &Path) -> Result<(), StudyError> {
    match in_the_way(path, path) {
        Some(why) => Err(StudyError::NoFolder {
            path: path.into(),
            why,
        }),
        None => Ok(()),
    }
}

/// Refuses the path of a file that is something else, which renaming would replace, or that has no folder to lie in.
fn can_be_file(path: &Path) -> Result<(), StudyError> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let why = match (fs::metadata(path), folder) {
        (Ok(there), _) if there.is_file() => None,
        (Ok(there), _) if there.is_dir() => Some("is a folder".into()),
        (Ok(_), _) => Some("is no ordinary file".into()),
        (Err(_), Some(folder)) => in_the_way(path, folder).or_else(|| {
            (!folder.exists()).then(|| format!("the folder {} is not there", folder.display()))
        }),
        (Err(_), None) => None,
    };
    match why {
        Some(why) => Err(StudyError::NoFile {
            path: path.into(),
            why,
        }),
        None => Ok(()),
    }
}

/// Why `folder`, which is `path` or what it lies in, can be none: something else has its name, or that of a folder above
/// it.
fn in_the_way(path: &Path, folder: &Path) -> Option<String> {
    for above in folder.ancestors().filter(|above| *above != Path::new("")) {
        let what = match fs::metadata(above) {
            Ok(there) if there.is_dir() => return None,
            Ok(there) if there.is_file() => "is a file",
            Ok(_) => "is no folder",
            Err(_) if fs::symlink_metadata(above).is_ok() => "is a link that leads nowhere",
            Err(_) => continue,
        };
        return Some(match above == path {
            true => what.into(),
            false => format!("{} {what}", above.display()),
        });
    }
    None
}

/// The text of a file.
///
/// # Errors
///
/// If it cannot be read, or is no ordinary file: who reads a pipe waits for a writer.
pub fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    open(file)?.read_to_string(&mut text)?;
    Ok(text)
}

fn open(file: &Path) -> io::Result<File> {
    match fs::metadata(file)?.is_file() {
        true => File::open(file),
        false => Err(io::Error::other("it is no ordinary file")),
    }
}

/// What the file says; nothing if it was not written to its end.
fn mark_in(mut file: &File) -> io::Result<Option<Mark>> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text).ok())
}

/// Replaces the file in one go: whatever happens, it is the old one or the new one. On return, it is on the disk.
///
/// # Errors
///
/// If it cannot be written, or no file is there but a folder, a pipe or a device; then the old one is there.
pub fn replace(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), StudyError> {
    replace_by(path, |part| fs::write(part, bytes))
}

/// As [`replace`], with what `write` writes to the file that it is given.
///
/// # Errors
///
/// If it cannot be written, or no file is there but a folder, a pipe or a device; then the old one is there.
pub fn replace_by(
    path: &Path,
    write: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), StudyError> {
    can_be_file(path)?;
    let part = part_of(path);
    let written = || -> io::Result<()> {
        write(&part)?;
        File::open(&part)?.sync_all()?;
        fs::rename(&part, path)?;
        path.parent().map_or(Ok(()), sync_folder)
    };
    written().map_err(|error| {
        let _ = fs::remove_file(&part);
        StudyError::io("write", path)(error)
    })
}

/// Where the file is written before it is complete.
fn part_of(path: &Path) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(PART);
    part.into()
}

/// How the name of a file ends that is not complete.
pub const PART: &str = ".part";

/// Puts on the disk which files a folder has. (Windows does so by itself, and opens no folders.)
///
/// # Errors
///
/// If the folder cannot be opened or the disk fails.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    // Of a name without a folder, the parent is empty.
    let path = match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    };
    File::open(path)?.sync_all()
}

/// Deletes the file, if it is there.
///
/// # Errors
///
/// If it is there and cannot be deleted.
pub fn remove(file: &Path) -> Result<(), StudyError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(StudyError::io("delete", file)(error))
        }
        _ => Ok(()),
    }
}

/// The SHA-256 of a file's bytes, in hexadecimal.
///
/// # Errors
///
/// If it cannot be read.
pub fn checksum(file: &Path) -> io::Result<String> {
    let mut file = open(file)?;
    let (mut sum, mut bytes) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hexadecimal(&sum.finalize())),
            read => sum.update(&bytes[..read]),
        }
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn checksum_of(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(path: &Path, program: &str) -> Result<OwnFolder, String> {
        OwnFolder::take(path, program, &["results.csv", "parts"]).map_err(|error| error.to_string())
    }

    #[test]
    fn a_folder_belongs_to_one_program_and_one_process() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("new/folder");
        let own = take(&path, "a").unwrap();
        assert!(OwnFolder::is_there(&path, "a") && !OwnFolder::is_there(&path, "b"));
        assert!(take(&path, "a").unwrap_err().contains("another process"));
        drop(own);
        fs::write(path.join("results.csv"), "own").unwrap();
        fs::write(path.join("results.csv.part"), "half").unwrap();
        fs::write(path.join("notes.part"), "mine").unwrap();
        take(&path, "a").unwrap();
        assert!(!path.join("results.csv.part").exists() && path.join("notes.part").exists());
        assert!(take(&path, "b").unwrap_err().contains("files of `a`"));
        // Killed while it made the folder its own.
        fs::write(path.join(MARK), "{\"prog").unwrap();
        take(&path, "a").unwrap();
        assert!(OwnFolder::is_there(&path, "a"));
    }

    #[test]
    fn files_of_others_are_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("notes.txt"), "mine").unwrap();
        drop(take(temp.path(), "a").unwrap());
        fs::remove_file(temp.path().join(MARK)).unwrap();
        for name in ["results.csv", "parts"] {
            let foreign = temp.path().join(name);
            fs::create_dir(&foreign).unwrap();
            let message = take(temp.path(), "a").unwrap_err();
            assert!(
                message.contains(name) && message.contains("another folder"),
                "{message}"
            );
            assert!(!temp.path().join(MARK).exists());
            fs::remove_dir(foreign).unwrap();
        }
        let file = temp.path().join("notes.txt");
        assert!(
            take(&file, "a")
                .unwrap_err()
                .contains("notes.txt: is a file")
        );
    }

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("file");
        replace(&file, "one").unwrap();
        replace(&file, "two").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
        let two = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";
        assert_eq!(checksum(&file).unwrap(), two);
        assert_eq!(checksum_of(b"two"), two);
        // What is no file cannot be replaced by one.
        let folder = temp.path().join("folder");
        fs::create_dir_all(folder.join("inside")).unwrap();
        let refused = |path: &Path| replace(path, "three").unwrap_err().to_string();
        assert!(refused(&folder).contains("folder: is a folder"));
        assert!(refused(&file.join("a")).contains("file is a file"));
        assert!(refused(&temp.path().join("a/b")).contains("a is not there"));
        assert!(folder.join("inside").exists());
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 2);
        #[cfg(unix)]
        {
            let link = temp.path().join("link");
            std::os::unix::fs::symlink("/dev/null", &link).unwrap();
            assert!(refused(&link).contains("link: is no ordinary file"));
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        }
    }
}
