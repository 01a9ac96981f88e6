//! What one call does, unit by unit.

use super::{Parameter, Unit};
use crate::op::{Seen, Sharing, View};

/// The parameters that the curve was given.
pub fn parameters(seen: &Seen) -> Vec<Parameter> {
    let infos = seen.curve.params().iter().zip(&seen.params);
    let parameters = infos.map(|(info, values)| Parameter {
        name: info.name,
        values: values.clone(),
    });
    parameters.collect()
}

/// The units, of which those of a curve without parameters per channel lie along the last axis or axis 1.
pub fn units(seen: &Seen, channels_last: bool) -> Vec<Unit> {
    let View { count, inner, .. } = view(seen.sharing, seen.shape, channels_last);
    let mut units = vec![Unit::default(); count];
    if seen.inputs.is_empty() {
        return units;
    }
    let runs = seen.inputs.chunks_exact(inner);
    let outputs = seen.outputs.chunks_exact(inner);
    let slopes = seen.slopes.chunks_exact(inner);
    for (run, (inputs, (outputs, slopes))) in runs.zip(outputs.zip(slopes)).enumerate() {
        units[run % count].see(inputs, outputs, slopes);
    }
    units
}

/// Where the units lie.
fn view(sharing: Sharing, shape: &[usize], channels_last: bool) -> View {
    let last = shape.len() - 1;
    let axis = match sharing {
        Sharing::Channel { axis } => axis,
        _ if channels_last => last,
        _ => last.min(1),
    };
    let view = Sharing::Channel { axis }.view(shape);
    view.expect("an axis of the tensor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_lie_where_the_channels_are() {
        let count = |sharing, shape: &[usize], last| view(sharing, shape, last).count;
        assert_eq!(count(Sharing::Layer, &[2, 3, 4, 5], false), 3);
        assert_eq!(count(Sharing::Layer, &[2, 3, 4, 5], true), 5);
        assert_eq!(count(Sharing::Element, &[2, 3, 4, 5], false), 3);
        assert_eq!(count(Sharing::Channel { axis: 2 }, &[2, 3, 4, 5], true), 4);
        assert_eq!(count(Sharing::Layer, &[7], false), 7);
    }
}
