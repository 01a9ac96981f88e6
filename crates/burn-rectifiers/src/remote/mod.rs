//! The operation on devices of another process or machine, with Burn's remote backend.
//!
//! A client sends an activation as one operation, which names the curve; [`server()`] hosts what evaluates it there. Each
//! operation that is sent is a message, and a curve composed from Burn's primitives is ten to a hundred of them.
//!
//! On the machine with the devices:
//!
//! ```no_run
//! use burn::tensor::Device;
//! use burn_rectifiers::remote;
//!
//! // A transport of `burn::server`: Iroh, or with Burn's feature `remote-websocket`, WebSocket.
//! # fn serve(transport: burn::server::Transport) -> Result<(), Box<dyn std::error::Error>> {
//! remote::server([Device::flex()], &[]).serve(transport)?;
//! # Ok(())
//! # }
//! ```
//!
//! On the other, models are what they are on any device. Only the device is another:
//!
//! ```no_run
//! use burn::remote::RemoteHost;
//! use burn::tensor::Device;
//! use burn_rectifiers::PReluConfig;
//!
//! # fn connect(host: RemoteHost) -> Result<(), Box<dyn std::error::Error>> {
//! let device = Device::remote_options(&host).init()?;
//! let prelu = PReluConfig::new(64).init(&device);
//! # Ok(())
//! # }
//! ```
//!
//! Curves of your own are composed from primitives, unless the server is given them and [`announce`] tells the client so.
//! A server that lacks a curve, as one that was not made by [`server()`] lacks them all, ends the session, and says in its
//! log which. Both sides must have the same minor version of this crate.

mod client;
mod server;
mod wire;

pub use crate::op::hosted::announce;
pub use server::server;
