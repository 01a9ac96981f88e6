//! The examples as their users meet them: processes with flags, files and messages.

#[cfg(unix)]
mod advice;
mod backend_swap;
mod bad_inputs;
mod bench;
mod cnn_cifar;
mod compare;
#[cfg(target_os = "linux")]
mod disks;
mod explore;
mod own_model;
#[cfg(feature = "remote")]
mod remote;
mod study;
#[cfg(target_os = "linux")]
mod terminal;
