//! How large images are.

/// Width and height of an image.
pub const SIDE: usize = 32;

/// Colour channels of an image: red, green, blue.
pub const CHANNELS: usize = 3;

/// Bytes of an image.
pub const PIXELS: usize = CHANNELS * SIDE * SIDE;
