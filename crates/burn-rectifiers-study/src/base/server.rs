//! The server of a remote device.

use std::env::{var, var_os};

/// The variable with its URL; Burn's own.
pub(super) const VARIABLE: &str = "BURN_REMOTE_ADDRESS";

/// Whether the environment names one.
pub(super) fn is_named() -> bool {
    var_os(VARIABLE).is_some()
}

/// The one that the environment names, or Burn's default.
pub(super) fn url() -> String {
    var(VARIABLE).unwrap_or_else(|_| "ws://127.0.0.1:3000".into())
}

/// That as Burn has it.
#[cfg(feature = "remote")]
pub(super) fn host() -> burn::remote::RemoteHost {
    burn::remote::RemoteHost::websocket(&url())
}
