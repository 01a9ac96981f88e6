//! Which curves the servers of remote devices evaluate.

use super::Kernel;
use core::any::TypeId;
use std::sync::{PoisonError, RwLock};

/// Besides those of this crate.
static ANNOUNCED: RwLock<Vec<TypeId>> = RwLock::new(Vec::new());

/// Tells this process that the servers on whose devices it computes host `curves`, too; see [`server`](crate::remote::server()).
///
/// Those of the family they do host. Others are composed from Burn's primitives, which any server has.
pub fn announce(curves: &[&'static dyn Kernel]) {
    let types = curves.iter().map(|curve| curve.origin().1);
    let mut announced = ANNOUNCED.write().unwrap_or_else(PoisonError::into_inner);
    announced.extend(types);
}

/// Whether they host this one.
pub(super) fn is_hosted(curve: &dyn Kernel) -> bool {
    let (module, own) = curve.origin();
    let is_of_family = module.starts_with(concat!(env!("CARGO_CRATE_NAME"), "::"));
    let announced = || ANNOUNCED.read().unwrap_or_else(PoisonError::into_inner);
    is_of_family || announced().contains(&own)
}
