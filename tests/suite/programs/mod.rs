//! The examples as their users meet them: processes with flags, files and messages.

mod bench;
mod cnn_cifar;
mod explore;
mod own_model;
mod study;
