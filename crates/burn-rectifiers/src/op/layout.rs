//! Tensors in the order in which they lie in memory.
//!
//! An activation does not care what an axis means, except for the one that its parameters follow.
//! A tensor that is dense in memory but shown with its axes permuted (channels-last data shown as
//! `[batch, channel, height, width]`) is therefore walked as it lies, and the result lies the same
//! way: no copy is made to straighten it first. Nor are gaps between rows closed on a GPU, where CUDA and
//! ROCm leave some.

use super::Sharing;

/// The axes of a tensor from the slowest to the fastest in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemoryOrder {
    axes: Vec<usize>,
}

impl MemoryOrder {
    /// The order of a tensor that fills its memory without gaps or overlaps, if it does, and if
    /// parameters shared as `sharing` can be followed in that order.
    #[cfg(any(test, feature = "flex"))]
    pub(crate) fn of(shape: &[usize], strides: &[usize], sharing: Sharing) -> Option<Self> {
        // A stride of 0 on an axis of size 1 would do, but Flex does not call it contiguous.
        if strides.contains(&0) {
            return None;
        }
        Self::find(shape, strides, sharing, Rows::are_dense)
    }

    /// The order of the axes of a tensor in memory, if there are no gaps but behind each row.
    #[cfg(any(test, feature = "cube"))]
    pub(crate) fn of_rows(shape: &[usize], strides: &[usize], sharing: Sharing) -> Option<Self> {
        Self::find(shape, strides, sharing, |_| true)
    }

    fn find(
        shape: &[usize],
        strides: &[usize],
        sharing: Sharing,
        is_fine: impl Fn(Rows) -> bool,
    ) -> Option<Self> {
        let natural = Self::natural(shape.len());
        // Axes of size 1 have arbitrary strides, which must not mislead the sort.
        let mut sorted = natural.clone();
        sorted
            .axes
            .sort_by_key(|&axis| core::cmp::Reverse(strides[axis]));
        [natural, sorted].into_iter().find(|order| {
            let axes = order.axes.iter().map(|&axis| (shape[axis], strides[axis]));
            Rows::of(axes).is_some_and(&is_fine) && order.sharing(sharing).is_some()
        })
    }

    /// The order in which the axes are named.
    pub(crate) fn natural(rank: usize) -> Self {
        Self {
            axes: (0..rank).collect(),
        }
    }

    /// The permutation to memory order.
    pub(crate) fn axes(&self) -> &[usize] {
        &self.axes
    }

    /// The permutation back.
    pub(crate) fn inverse(&self) -> Vec<usize> {
        let mut inverse = vec![0; self.axes.len()];
        for (position, &axis) in self.axes.iter().enumerate() {
            inverse[axis] = position;
        }
        inverse
    }

    /// What `sharing` is called when the axes are in memory order.
    pub(crate) fn sharing(&self, sharing: Sharing) -> Option<Sharing> {
        match sharing {
            Sharing::Layer => Some(Sharing::Layer),
            Sharing::Channel { axis } => Some(Sharing::Channel {
                axis: self.axes.iter().position(|&a| a == axis)?,
            }),
            // The parameters follow all axes in their natural order.
            Sharing::Element => self.axes.is_sorted().then_some(Sharing::Element),
        }
    }
}

/// How a tensor lies in memory: in rows of `len` neighbours, each of which begins `pitch` elements after the one
/// before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) len: usize,
    pub(crate) pitch: usize,
}

impl Rows {
    /// Those of axes of these sizes and strides, from the slowest to the fastest, unless they overlap or leave other
    /// gaps than behind rows.
    pub(crate) fn of(axes: impl Iterator<Item = (usize, usize)>) -> Option<Self> {
        // Strides of axes of size 1 are never applied.
        let mut axes: Vec<_> = axes.filter(|&(size, _)| size != 1).collect();
        let (len, 1) = axes.pop().unwrap_or((1, 1)) else {
            return None;
        };
        let pitch = axes.last().map_or(len, |&(_, stride)| stride);
        let mut expected = pitch;
        for (size, stride) in axes.into_iter().rev() {
            if stride != expected {
                return None;
            }
            expected *= size;
        }
        (pitch >= len).then_some(Self { len, pitch })
    }

    /// Whether there are no gaps.
    pub(crate) fn are_dense(self) -> bool {
        self.len == self.pitch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: Sharing = Sharing::Channel { axis: 1 };

    #[test]
    fn channels_last_shown_as_channels_first() {
        let order = MemoryOrder::of(&[2, 3, 4, 5], &[60, 1, 15, 3], CHANNEL).unwrap();
        assert_eq!(order.axes(), [0, 2, 3, 1]);
        assert_eq!(order.inverse(), [0, 3, 1, 2]);
        assert_eq!(order.sharing(CHANNEL), Some(Sharing::Channel { axis: 3 }));
        assert_eq!(order.sharing(Sharing::Element), None);
    }

    #[test]
    fn gaps_and_overlaps_are_not_dense() {
        assert_eq!(MemoryOrder::of(&[2, 3], &[4, 1], Sharing::Layer), None);
        assert_eq!(MemoryOrder::of(&[2, 3], &[0, 1], Sharing::Layer), None);
        assert_eq!(MemoryOrder::of(&[4], &[2], Sharing::Layer), None);
    }

    #[test]
    fn rows_may_lie_apart() {
        let rows = |shape: &[usize], strides: &[usize]| {
            let axes = shape.iter().zip(strides).map(|(&n, &stride)| (n, stride));
            Rows::of(axes).map(|rows| (rows.len, rows.pitch))
        };
        assert_eq!(rows(&[2, 3, 28], &[96, 32, 1]), Some((28, 32)));
        assert_eq!(rows(&[2, 3, 28], &[84, 28, 1]), Some((28, 28)));
        assert_eq!(rows(&[5], &[1]), Some((5, 5)));
        assert_eq!(rows(&[1, 1], &[7, 9]), Some((1, 1)));
        assert_eq!(rows(&[2, 1, 5], &[5, 0, 1]), Some((5, 5)));
        // Gaps elsewhere, rows that overlap, and elements that lie apart.
        assert_eq!(rows(&[2, 3, 28], &[100, 32, 1]), None);
        assert_eq!(rows(&[3, 28], &[20, 1]), None);
        assert_eq!(rows(&[3, 28], &[112, 4]), None);
        assert_eq!(rows(&[3, 28], &[0, 1]), None);

        // Channels last, padded, shown as channels first.
        let order = |of: fn(&[usize], &[usize], Sharing) -> Option<MemoryOrder>| {
            of(&[2, 3, 4, 5], &[80, 1, 20, 4], CHANNEL)
        };
        assert_eq!(order(MemoryOrder::of), None);
        assert_eq!(order(MemoryOrder::of_rows).unwrap().axes(), [0, 2, 3, 1]);
    }

    #[test]
    fn axes_of_size_one_do_not_matter() {
        let order = MemoryOrder::of(&[4, 1, 3], &[3, 1, 1], Sharing::Element);
        assert_eq!(order, Some(MemoryOrder::natural(3)));
    }
}
