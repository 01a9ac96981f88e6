//! From a verified archive to a folder in place.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Seek},
    path::{Component, Path, PathBuf},
};

use flate2::read::GzDecoder;
use tar::{Archive, Entry};

use crate::{
    DataError,
    cifar::{self, Kind},
    error::one_line,
};

/// Images hardly become smaller when packed: an archive that unpacks to more than so many times its bytes, and to more
/// than so many bytes, has no images.
const MOST_TIMES: u64 = 8;
const MOST_BYTES: u64 = 16 << 20;

/// Unpacks the files of the data set into their folder in `dir`.
pub(super) fn unpack(
    kind: Kind,
    mut archive: &File,
    path: &Path,
    dir: &Path,
) -> Result<PathBuf, DataError> {
    let failed = |reason: String| DataError::Archive {
        archive: path.into(),
        reason: one_line(&reason),
    };
    archive.rewind().map_err(DataError::io("read", path))?;
    let staging = Staging::new(dir.join(format!("{}.part", kind.folder())))?;
    let size = archive
        .metadata()
        .map_err(DataError::io("read", path))?
        .len();
    let limit = size.saturating_mul(MOST_TIMES).max(MOST_BYTES);
    let unpacked = Limited {
        reader: GzDecoder::new(BufReader::new(archive)),
        left: limit,
    };
    let mut tar = Archive::new(unpacked);
    let mut unpack_all = || -> io::Result<()> {
        for entry in tar.entries()? {
            let mut entry = entry?;
            if let Some(name) = wanted(kind, &entry) {
                io::copy(&mut entry, &mut File::create_new(staging.0.join(name))?)?;
            }
        }
        Ok(())
    };
    unpack_all().map_err(|error| failed(error.to_string()))?;
    cifar::find(kind, &staging.0).map_err(|error| failed(error.to_string()))?;

    let folder = dir.join(kind.folder());
    // An empty folder of that name is no obstacle; one with other things in it is the user's.
    let _ = fs::remove_dir(&folder);
    fs::rename(&staging.0, &folder).map_err(DataError::io("move the unpacked data to", &folder))?;
    Ok(folder)
}

/// A reader that fails instead of giving more than so many bytes.
struct Limited<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other("it becomes far larger than archives of images do"))?;
        Ok(count)
    }
}

/// The name under which an entry is kept: only regular files of the data set, directly inside its
/// folder. No path from the archive is ever used, so none can lead out of the staging folder.
fn wanted(kind: Kind, entry: &Entry<'_, impl io::Read>) -> Option<String> {
    if !entry.header().entry_type().is_file() {
        return None;
    }
    let path = entry.path().ok()?;
    let parts: Vec<Component<'_>> = path
        .components()
        .filter(|part| *part != Component::CurDir)
        .collect();
    let [Component::Normal(folder), Component::Normal(name)] = parts[..] else {
        return None;
    };
    let name = name.to_str().filter(|_| folder == kind.folder())?;
    let known = kind.is_train_file(name) || name == kind.test_file() || name == kind.names_file();
    known.then(|| name.to_owned())
}

/// A folder that is removed unless it has been moved away.
struct Staging(PathBuf);

impl Staging {
    fn new(path: PathBuf) -> Result<Self, DataError> {
        // What an interrupted run left behind.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).map_err(DataError::io("create the folder", &path))?;
        Ok(Self(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
