//! Tensors in the order in which they lie in memory.
//!
//! An activation does not care what an axis means, except for the one that its parameters follow.
//! A tensor that is dense in memory but shown with its axes permuted (channels-last data shown as
//! `[batch, channel, height, width]`) is therefore walked as it lies, and the result lies the same
//! way: no copy is made to straighten it first.

use super::Sharing;

/// The axes of a tensor from the slowest to the fastest in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemoryOrder {
    axes: Vec<usize>,
}

impl MemoryOrder {
    /// The order of a tensor that fills its memory without gaps or overlaps, if it does, and if
    /// parameters shared as `sharing` can be followed in that order.
    pub(crate) fn of(shape: &[usize], strides: &[usize], sharing: Sharing) -> Option<Self> {
        let natural = Self::natural(shape.len());
        // Axes of size 1 have arbitrary strides, which must not mislead the sort.
        let mut sorted = natural.clone();
        sorted
            .axes
            .sort_by_key(|&axis| core::cmp::Reverse(strides[axis]));
        [natural, sorted].into_iter().find(|order| {
            let from_fastest = order.axes.iter().rev();
            is_dense(from_fastest.map(|&axis| (shape[axis], strides[axis])))
                && order.sharing(sharing).is_some()
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

/// Whether axes of these sizes and strides, from the fastest to the slowest, fill memory.
fn is_dense(axes: impl Iterator<Item = (usize, usize)>) -> bool {
    let mut expected = 1;
    for (size, stride) in axes {
        // A stride of 0 on an axis of size 1 is dense too, but Burn does not call it contiguous.
        if stride == 0 || (size != 1 && stride != expected) {
            return false;
        }
        expected *= size;
    }
    true
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
    fn axes_of_size_one_do_not_matter() {
        let order = MemoryOrder::of(&[4, 1, 3], &[3, 1, 1], Sharing::Element);
        assert_eq!(order, Some(MemoryOrder::natural(3)));
    }
}
