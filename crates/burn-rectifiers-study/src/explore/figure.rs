//! A number for machines: the shortest decimal that gives it back.

use serde::{Serialize, Serializer};

use super::data_type::DataType;

/// A number of a type. JSON has no infinities and no NaN: they are the strings `"inf"`, `"-inf"`
/// and `"nan"`.
pub(super) struct Figure(pub(super) f64, pub(super) DataType);

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.0, self.1) {
            (value, _) if value.is_nan() => serializer.serialize_str("nan"),
            (value, _) if value.is_infinite() => serializer.collect_str(&value),
            (value, DataType::F64) => serializer.serialize_f64(value),
            // Half precision is part of single precision.
            (value, _) => serializer.serialize_f32(value as f32),
        }
    }
}
