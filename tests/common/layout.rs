//! Views of tensors, kept a second time as plain shapes and strides: what the tensor library does
//! is compared with index arithmetic that shares nothing with it.

use burn::tensor::Tensor;
use burn_rectifiers::Sharing;
use proptest::sample::Index;

/// Which parameter value the element at `index` uses, from the definition of the sharings.
pub fn unit(sharing: Sharing, index: &[usize], shape: &[usize]) -> usize {
    match sharing {
        Sharing::Layer => 0,
        Sharing::Channel { axis } => index[axis],
        Sharing::Element => (1..shape.len()).fold(0, |unit, axis| unit * shape[axis] + index[axis]),
        _ => unreachable!("no other sharing is tested"),
    }
}

/// How many values a parameter has.
pub fn count(sharing: Sharing, shape: &[usize]) -> usize {
    match sharing {
        Sharing::Layer => 1,
        Sharing::Channel { axis } => shape[axis],
        Sharing::Element => shape[1..].iter().product(),
        _ => unreachable!("no other sharing is tested"),
    }
}

/// One of the sharings that a tensor of this rank has, per channel along any axis among them.
pub fn sharing(choice: &Index, rank: usize) -> Sharing {
    match choice.index(rank + 2) {
        axis if axis < rank => Sharing::Channel { axis },
        axis if axis == rank => Sharing::Element,
        _ => Sharing::Layer,
    }
}

/// A change of how memory is looked at.
#[derive(Debug, Clone)]
pub enum Move {
    /// New axis i is old axis `0[i]`.
    Permute(Vec<usize>),
    /// A range of an axis.
    Narrow {
        axis: usize,
        start: usize,
        size: usize,
    },
    /// An axis backwards.
    Flip(usize),
    /// An axis of size 1 repeated.
    Expand { axis: usize, size: usize },
}

impl Move {
    /// The move, done by the tensor library.
    pub fn on<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Permute(axes) => x.permute::<usize>(axes[..].try_into().unwrap()),
            Self::Narrow { axis, start, size } => x.narrow(*axis, *start, *size),
            Self::Flip(axis) => x.flip([*axis]),
            Self::Expand { axis, size } => {
                let mut shape = x.dims();
                shape[*axis] = *size;
                x.expand(shape)
            }
        }
    }
}

/// Memory looked at as a tensor.
#[derive(Debug, Clone)]
pub struct View {
    pub shape: Vec<usize>,
    strides: Vec<isize>,
    start: isize,
}

impl View {
    /// All of the memory, in row-major order.
    pub fn new(shape: &[usize]) -> Self {
        let mut strides = vec![1; shape.len()];
        for axis in (1..shape.len()).rev() {
            strides[axis - 1] = strides[axis] * shape[axis] as isize;
        }
        Self {
            shape: shape.to_vec(),
            strides,
            start: 0,
        }
    }

    /// Memory of this shape after those of the moves that are allowed, and these.
    pub fn moved(
        memory: &[usize],
        moves: &[(usize, Index, Index, Index)],
        largest: usize,
    ) -> (Self, Vec<Move>) {
        let (mut view, mut done) = (Self::new(memory), vec![]);
        for (kind, a, b, c) in moves {
            if let Some(next) = view.choose(*kind, [a, b, c], largest) {
                view.apply(&next);
                done.push(next);
            }
        }
        (view, done)
    }

    /// A move that this view allows, of a kind and with details that the choices say.
    fn choose(&self, kind: usize, choices: [&Index; 3], largest: usize) -> Option<Move> {
        let rank = self.shape.len();
        let [a, b, c] = choices;
        let axis = a.index(rank);
        let size = self.shape[axis];
        let len: usize = self.shape.iter().product();
        match kind {
            0 => {
                let mut axes: Vec<usize> = (0..rank).collect();
                axes.swap(axis, b.index(rank));
                axes.rotate_left(c.index(rank));
                Some(Move::Permute(axes))
            }
            1 if size > 0 => {
                let start = b.index(size);
                let size = 1 + c.index(size - start);
                Some(Move::Narrow { axis, start, size })
            }
            2 if len > 0 => Some(Move::Flip(axis)),
            3 => {
                let axis = self.shape.iter().position(|size| *size == 1)?;
                let size = 2 + b.index(5);
                (len * size <= largest).then_some(Move::Expand { axis, size })
            }
            _ => None,
        }
    }

    /// The move, done on paper.
    pub fn apply(&mut self, step: &Move) {
        match *step {
            Move::Permute(ref axes) => {
                self.shape = axes.iter().map(|axis| self.shape[*axis]).collect();
                self.strides = axes.iter().map(|axis| self.strides[*axis]).collect();
            }
            Move::Narrow { axis, start, size } => {
                self.start += start as isize * self.strides[axis];
                self.shape[axis] = size;
            }
            Move::Flip(axis) => {
                self.start += (self.shape[axis] as isize - 1) * self.strides[axis];
                self.strides[axis] *= -1;
            }
            Move::Expand { axis, size } => {
                self.shape[axis] = size;
                self.strides[axis] = 0;
            }
        }
    }

    /// The indices of the view in row-major order.
    pub fn indices(&self) -> impl Iterator<Item = Vec<usize>> + '_ {
        (0..self.shape.iter().product()).map(|mut position: usize| {
            let mut index = vec![0; self.shape.len()];
            for (i, size) in index.iter_mut().zip(&self.shape).rev() {
                *i = position % size;
                position /= size;
            }
            index
        })
    }

    /// Where in memory the elements are, in row-major order.
    pub fn offsets(&self) -> Vec<usize> {
        let offset = |index: Vec<usize>| {
            let steps = index.iter().zip(&self.strides);
            let steps = steps.map(|(i, stride)| *i as isize * stride);
            (self.start + steps.sum::<isize>()) as usize
        };
        self.indices().map(offset).collect()
    }
}
