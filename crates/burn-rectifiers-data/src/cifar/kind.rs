//! The two data sets and how their files differ.

use std::fmt;

use crate::PIXELS;

/// Which of the two data sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Ten classes: `data_batch_*.bin` and `test_batch.bin`.
    Cifar10,
    /// A hundred classes: `train*.bin` and `test.bin`.
    Cifar100,
}

impl Kind {
    /// The name of the data set, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cifar10 => "CIFAR-10",
            Self::Cifar100 => "CIFAR-100",
        }
    }

    /// Number of classes.
    pub fn classes(self) -> usize {
        match self {
            Self::Cifar10 => 10,
            Self::Cifar100 => 100,
        }
    }

    /// The folder in the official archive.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Cifar10 => "cifar-10-batches-bin",
            Self::Cifar100 => "cifar-100-binary",
        }
    }

    /// Bytes of a record: labels and pixels.
    pub fn record(self) -> usize {
        self.label_offset() + 1 + PIXELS
    }

    /// Where in a record the label is; the pixels follow.
    pub(crate) fn label_offset(self) -> usize {
        match self {
            Self::Cifar10 => 0,
            Self::Cifar100 => 1,
        }
    }

    /// How the names of training files begin; they end in `.bin`.
    pub(super) fn train_prefix(self) -> &'static str {
        match self {
            Self::Cifar10 => "data_batch",
            Self::Cifar100 => "train",
        }
    }

    pub(crate) fn test_file(self) -> &'static str {
        match self {
            Self::Cifar10 => "test_batch.bin",
            Self::Cifar100 => "test.bin",
        }
    }

    pub(crate) fn names_file(self) -> &'static str {
        match self {
            Self::Cifar10 => "batches.meta.txt",
            Self::Cifar100 => "fine_label_names.txt",
        }
    }

    /// Whether this is the name of a training file. Names end up in messages, so none has control characters.
    pub(crate) fn is_train_file(self, name: &str) -> bool {
        let is_shown = !name.contains(char::is_control);
        is_shown && name.starts_with(self.train_prefix()) && name.ends_with(".bin")
    }

    /// The files that belong to the data set, for people.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Cifar10 => "data_batch_*.bin, test_batch.bin",
            Self::Cifar100 => "train*.bin, test.bin",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
