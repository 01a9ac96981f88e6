//! CIFAR-style images for Burn: generated ones that need no download, and the real CIFAR-10 and
//! CIFAR-100 in their official binary layout.
//!
//! - [`synthetic`] draws ten classes of 32×32 colour images from a seed.
//! - [`cifar`] reads the binary files from a folder, `download` (a feature) fetches and verifies them.
//! - [`Training`] adds random flips and crops, [`CifarBatcher`] turns items into normalized
//!   tensors; both plug into Burn's [`DataLoader`](burn::data::dataloader::DataLoader).
//!
//! ```
//! use burn::data::dataloader::DataLoaderBuilder;
//! use burn_rectifiers_data::{Augment, CifarBatcher, Normalization, Training, synthetic};
//!
//! let data = synthetic::split(42, 500, 100);
//! let batcher = CifarBatcher::new(Normalization::from_images(&data.train));
//! let train = DataLoaderBuilder::new(batcher.clone())
//!     .batch_size(64)
//!     .shuffle(42)
//!     .num_workers(1)
//!     .build(Training::new(data.train, Augment::default(), 42));
//! let test = DataLoaderBuilder::new(batcher).batch_size(100).build(data.test);
//! assert_eq!((train.num_items(), test.num_items()), (500, 100));
//! ```

// docs.rs says which feature an item belongs to.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod augment;
mod batcher;
pub mod cifar;
#[cfg(feature = "download")]
pub mod download;
mod error;
mod images;
mod normalization;
mod rng;
mod size;
pub mod synthetic;
mod view;

pub use augment::{Augment, Training};
pub use batcher::{CifarBatch, CifarBatcher};
pub use error::DataError;
pub use images::{CifarItem, Images, Pixels, Split};
pub use normalization::Normalization;
pub use size::{CHANNELS, PIXELS, SIDE};
pub use view::View;

/// The Rust of the README is tested like other examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
