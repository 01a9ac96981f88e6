//! Networks by the names that they have on a command line.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::Architecture;

/// A network by its name, without its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Network {
    /// `cnn`: three convolutions; see [`Cnn`](super::Cnn).
    #[default]
    Cnn,
    /// `resnet9`; see [`ResNet9`](super::ResNet9).
    ResNet9,
    /// `resnet20`, `resnet32` and so on; see [`ResNet`](super::ResNet).
    ResNet {
        /// 6n + 2 layers.
        depth: usize,
    },
    /// `nin`; see [`Nin`](super::Nin).
    Nin,
    /// `plain-8` and so on; see [`Plain`](super::Plain).
    Plain {
        /// Convolutions.
        depth: usize,
    },
}

impl Network {
    /// The network with so many channels in its first block.
    pub fn architecture(self, width: usize) -> Architecture {
        match self {
            Self::Cnn => Architecture::Cnn { width },
            Self::ResNet9 => Architecture::ResNet9 { width },
            Self::ResNet { depth } => Architecture::ResNet { depth },
            Self::Nin => Architecture::Nin,
            Self::Plain { depth } => Architecture::Plain { depth, width },
        }
    }

    /// Channels of the first block, unless a user says otherwise.
    pub(crate) fn usual_width(self) -> usize {
        match self {
            Self::Cnn => 32,
            Self::ResNet9 | Self::ResNet { .. } => 16,
            Self::Plain { .. } => 24,
            Self::Nin => 192,
        }
    }

    /// Whether another width than the usual one can be chosen.
    pub(crate) fn has_widths(self) -> bool {
        !matches!(self, Self::ResNet { .. } | Self::Nin)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cnn => f.write_str("cnn"),
            Self::ResNet9 => f.write_str("resnet9"),
            Self::ResNet { depth } => write!(f, "resnet{depth}"),
            Self::Nin => f.write_str("nin"),
            Self::Plain { depth } => write!(f, "plain-{depth}"),
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let number = |prefix| name.strip_prefix(prefix)?.parse::<usize>().ok();
        let network = match (number("resnet"), number("plain-")) {
            (Some(9), _) => Some(Self::ResNet9),
            (Some(depth @ 8..=1202), _) if depth % 6 == 2 => Some(Self::ResNet { depth }),
            (_, Some(depth @ 1..=1000)) => Some(Self::Plain { depth }),
            _ if name == "cnn" => Some(Self::Cnn),
            _ if name == "nin" => Some(Self::Nin),
            _ => None,
        };
        // `resnet020` is not another network than `resnet20`.
        let network = network.filter(|network| network.to_string() == name);
        network.ok_or_else(|| {
            "expected cnn, resnet9, resnet20, resnet32 (or another 6n + 2 up to 1202), nin, or plain- and a number from 1 \
             to 1000"
                .into()
        })
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in [
            "cnn",
            "resnet9",
            "resnet20",
            "resnet110",
            "nin",
            "plain-1",
            "plain-30",
        ] {
            assert_eq!(name.parse::<Network>().unwrap().to_string(), name);
        }
        for name in [
            "",
            "CNN",
            "resnet",
            "resnet21",
            "resnet020",
            "plain",
            "plain-0",
            "plain-+3",
        ] {
            let message = name.parse::<Network>().unwrap_err();
            assert!(message.starts_with("expected cnn, resnet9"), "{message}");
        }
    }
}
