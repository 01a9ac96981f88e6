//! The examples as their users meet them: processes with flags, files and messages.

mod bench;
mod cnn_cifar;
#[cfg(target_os = "linux")]
mod disks;
mod explore;
mod own_model;
mod study;
