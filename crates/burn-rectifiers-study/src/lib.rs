//! What puts burn-rectifiers to the test, in parts that compile without each other:
//!
//! - [`training`] (a feature, as the other parts are): networks, and runs that can be interrupted and resumed. [`Settings`]
//!   is everything a run depends on, and its command line; [`Settings::images`] finds the data, [`Net`] is the network,
//!   [`RunFolder`] is where a run leaves its traces, and [`train::train`] trains in it on burn-train. [`probe`] judges the
//!   network and looks at what its activations do; [`Summary`] and [`table`] tell what came of it.
//! - [`study`]: claims about activations put to the test. [`statistics`] says which differences between runs are more than
//!   chance.
//! - [`explore`]: any activation of the family as figures, pictures and pages.
//! - [`compare`]: runs side by side.
//! - [`swap`]: one training on several backends, and how far they are apart.
//! - [`bench`](mod@bench): what activations and training steps cost, side by side.
//!
//! [`pictures`] draws what a model has learned, [`report`] renders pages, and [`base`] has what all share: command lines,
//! files, [`Backend`]s.

// docs.rs says which feature an item belongs to.
#![cfg_attr(docsrs, feature(doc_cfg))]
// With a part left out, not all of what parts share is used.
#![cfg_attr(
    not(all(
        feature = "training",
        feature = "study",
        feature = "explore",
        feature = "bench",
        feature = "compare",
        feature = "swap"
    )),
    allow(dead_code, unused_imports)
)]

pub mod base;
#[cfg(feature = "bench")]
pub mod bench;
#[cfg(feature = "compare")]
pub mod compare;
#[cfg(feature = "explore")]
pub mod explore;
pub mod pictures;
pub mod report;
#[cfg(any(feature = "study", feature = "compare"))]
pub mod statistics;
#[cfg(feature = "study")]
pub mod study;
#[cfg(feature = "swap")]
pub mod swap;
#[cfg(feature = "training")]
pub mod training;

pub use base::backend::Backend;
pub use base::error::StudyError;
pub use base::{cli, files, memory};
#[cfg(feature = "training")]
pub use training::{
    data::Parts,
    data_set::DataSet,
    logs::{EpochRow, StepRow},
    net::{self, Block, Cnn, Net, Network},
    optimizer::{Optimizer, adam},
    probe,
    recipes::Recipe,
    run_folder::{Begin, RunFolder},
    schedule::Schedule,
    settings::{Augmentation, Settings, activation},
    strategy::Strategy,
    summary::{LayerSummary, ParameterSummary, Summary, Timings},
    table, train,
};

/// The Rust of the repository's README and of the pages in `docs` is tested like other examples. It is here because those
/// pages use what this crate has, too. A package has no such pages.
#[cfg(all(doctest, feature = "training", feature = "study"))]
mod pages {
    #[doc = include_str!("../../../README.md")]
    struct Repository;
    #[doc = include_str!("../../../docs/accuracy.md")]
    struct Accuracy;
    #[doc = include_str!("../../../docs/backends.md")]
    struct Backends;
    #[doc = include_str!("../../../docs/custom-curve.md")]
    struct CustomCurve;
    #[doc = include_str!("../../../docs/devices.md")]
    struct Devices;
    #[doc = include_str!("../../../docs/explore.md")]
    struct Explore;
    #[doc = include_str!("../../../docs/from-burn.md")]
    struct FromBurn;
    #[doc = include_str!("../../../docs/from-pytorch.md")]
    struct FromPyTorch;
    #[doc = include_str!("../../../docs/own-model.md")]
    struct OwnModel;
    #[doc = include_str!("../../../docs/runs.md")]
    struct Runs;
    #[doc = include_str!("../../../docs/starting.md")]
    struct Starting;
    #[doc = include_str!("../../../docs/study.md")]
    struct Study;
    #[doc = include_str!("../../../docs/watching.md")]
    struct Watching;
    #[doc = include_str!("../../../docs/which-activation.md")]
    struct WhichActivation;
}

/// The Rust of the README is tested like other examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
