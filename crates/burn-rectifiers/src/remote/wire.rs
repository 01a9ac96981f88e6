//! How a task is written for the other side.

use crate::op::{Kernel, Sharing, Task, Wanted};
use burn::backend::ir::ScalarIr;

/// Names what sends and what receives: a later version may mean other numbers by the same words.
const SENDER: &str = concat!(
    env!("CARGO_PKG_NAME"),
    "/",
    env!("CARGO_PKG_VERSION_MAJOR"),
    ".",
    env!("CARGO_PKG_VERSION_MINOR")
);

/// The operation that evaluates `curve`. Its inputs are x and the parameters, its output is y.
pub(super) fn value(curve: &dyn Kernel) -> String {
    format!("{SENDER}/value/{}", curve.name())
}

/// The operation that yields gradients of `curve`. Its inputs are x, the parameters and the gradient of y, its outputs the
/// gradients that are wanted.
pub(super) fn grads(curve: &dyn Kernel) -> String {
    format!("{SENDER}/grads/{}", curve.name())
}

/// What a value needs besides tensors.
pub(super) fn sharing_to_scalars(sharing: Sharing) -> Vec<ScalarIr> {
    let (kind, axis) = match sharing {
        Sharing::Layer => (0, 0),
        Sharing::Channel { axis } => (1, axis as u64),
        Sharing::Element => (2, 0),
    };
    vec![ScalarIr::UInt(kind), ScalarIr::UInt(axis)]
}

/// What gradients need besides tensors.
pub(super) fn wanted_to_scalars(task: Task, wanted: Wanted) -> Vec<ScalarIr> {
    let mut scalars = sharing_to_scalars(task.sharing);
    scalars.extend([wanted.input, wanted.params].map(|wanted| ScalarIr::UInt(wanted.into())));
    scalars
}

/// Reads what [`sharing_to_scalars`] wrote.
///
/// # Panics
///
/// If it did not write this; Burn's server ends the session then.
pub(super) fn sharing_of(scalars: &[ScalarIr]) -> Sharing {
    match scalars {
        [ScalarIr::UInt(0), ..] => Sharing::Layer,
        [ScalarIr::UInt(1), ScalarIr::UInt(axis), ..] => Sharing::Channel {
            axis: *axis as usize,
        },
        [ScalarIr::UInt(2), ..] => Sharing::Element,
        other => panic!("not a way to share parameters: {other:?}"),
    }
}

/// Reads what [`wanted_to_scalars`] wrote after the sharing.
///
/// # Panics
///
/// As [`sharing_of`].
pub(super) fn wanted_of(scalars: &[ScalarIr]) -> Wanted {
    match scalars {
        [_, _, ScalarIr::UInt(input), ScalarIr::UInt(params)] => Wanted {
            input: *input == 1,
            params: *params == 1,
        },
        other => panic!("not a choice of gradients: {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::PReluCurve;

    #[test]
    fn what_is_written_is_read() {
        for sharing in [
            Sharing::Layer,
            Sharing::Channel { axis: 3 },
            Sharing::Element,
        ] {
            assert_eq!(sharing_of(&sharing_to_scalars(sharing)), sharing);
            for (input, params) in [(false, true), (true, false), (true, true)] {
                let task = Task {
                    curve: &PReluCurve,
                    sharing,
                };
                let wanted = Wanted { input, params };
                let scalars = wanted_to_scalars(task, wanted);
                assert_eq!(sharing_of(&scalars), sharing);
                assert_eq!(wanted_of(&scalars), wanted);
            }
        }
    }
}
