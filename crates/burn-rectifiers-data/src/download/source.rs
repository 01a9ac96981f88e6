//! Where archives come from.

use crate::cifar::Kind;

/// Where an archive comes from and what identifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The address.
    pub url: String,
    /// Bytes of the archive.
    pub size: u64,
    /// SHA-256 of the archive, in hexadecimal.
    pub sha256: String,
}

impl Source {
    /// The archive on the authors' site.
    pub fn official(kind: Kind) -> Self {
        let (file, size, sha256) = match kind {
            Kind::Cifar10 => (
                "cifar-10-binary.tar.gz",
                170_052_171,
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            ),
            Kind::Cifar100 => (
                "cifar-100-binary.tar.gz",
                168_513_733,
                "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
            ),
        };
        Self {
            url: format!("https://www.cs.toronto.edu/~kriz/{file}"),
            size,
            sha256: sha256.into(),
        }
    }

    /// The same archive from another server: size and hash still have to match.
    pub fn from_mirror(self, url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..self
        }
    }
}
