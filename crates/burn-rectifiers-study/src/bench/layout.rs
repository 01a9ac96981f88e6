//! What is timed: a shape, and which of its axes the channels are.

use std::{fmt, str::FromStr};

/// The shape of a tensor, filled up with ones to four axes, and its axis of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Sizes.
    pub shape: [usize; 4],
    /// How many of them somebody gave.
    rank: usize,
    /// Whose indices are channels.
    pub axis: usize,
}

impl Layout {
    /// Feature maps of convolutions, large and small, planes too small for a thread each, a linear
    /// layer, channels last, few channels, and hardly anything.
    pub fn all() -> Vec<Self> {
        [
            "64,128,32,32",
            "64,32,32,32",
            "64,256,8,8",
            "64,512,4,4",
            "1024,4096",
            "64,32,32,128:3",
            "1,3,1024,1024",
            "16,10",
        ]
        .map(|text| text.parse().expect("a shape"))
        .to_vec()
    }

    /// How many elements that is.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}

impl FromStr for Layout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let error = || {
            "give two to four sizes above 0 and 2^30 elements at most, and after a colon the axis of \
             channels if that is not 1, for example 64,128,32,32 or 64,32,32,128:3"
                .to_string()
        };
        let (sizes, axis) = match text.split_once(':') {
            Some((sizes, axis)) => (sizes, axis.parse().map_err(|_| error())?),
            None => (text, 1),
        };
        let sizes: Result<Vec<usize>, _> = sizes.split(',').map(str::parse).collect();
        let sizes = sizes.map_err(|_| error())?;
        let mut shape = [1; 4];
        let rank = sizes.len();
        let fits = (2..=4).contains(&rank) && axis < rank && !sizes.contains(&0);
        let len = sizes
            .iter()
            .try_fold(1usize, |n, size| n.checked_mul(*size));
        if !fits || len.is_none_or(|len| len > 1 << 30) {
            return Err(error());
        }
        shape[..rank].copy_from_slice(&sizes);
        Ok(Self { shape, rank, axis })
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<_> = self.shape[..self.rank]
            .iter()
            .map(usize::to_string)
            .collect();
        f.write_str(&sizes.join("×"))?;
        match self.axis {
            1 => Ok(()),
            axis => write!(f, ", channels along axis {axis}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_says_what_is_meant() {
        let layout: Layout = "64,32,32,128:3".parse().unwrap();
        assert_eq!((layout.shape, layout.axis), ([64, 32, 32, 128], 3));
        assert_eq!(layout.to_string(), "64×32×32×128, channels along axis 3");
        let layout: Layout = "16,10".parse().unwrap();
        assert_eq!((layout.shape, layout.axis), ([16, 10, 1, 1], 1));
        assert_eq!(
            (layout.to_string().as_str(), layout.elements()),
            ("16×10", 160)
        );
        for wrong in [
            "",
            "3",
            "1,2,3,4,5",
            "0,4",
            "4,4:2",
            "4,4:x",
            "99999999,99999999",
            "a,b",
        ] {
            assert!(wrong.parse::<Layout>().is_err(), "{wrong}");
        }
    }
}
