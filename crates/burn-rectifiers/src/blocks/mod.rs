//! Parts of networks with any activation of the family.

mod feed_forward;

pub use feed_forward::{FeedForward, FeedForwardConfig, GatedFeedForward};
