//! The device that a name on the command line stands for.

use std::{
    panic::{catch_unwind, set_hook, take_hook},
    sync::{Arc, Mutex, PoisonError},
};

use burn::tensor::{Device, Devices, Tensor};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::base::error::{StudyError, wrong};

/// What computes the tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// CPU, Burn's own kernels.
    Flex,
    /// CPU, on the ndarray crate.
    Ndarray,
    /// GPU through WebGPU.
    Wgpu,
    /// GPU through Vulkan, with SPIR-V kernels.
    Vulkan,
    /// Apple GPU.
    Metal,
    /// NVIDIA GPU.
    Cuda,
    /// AMD GPU.
    Rocm,
}

impl Backend {
    /// The name on the command line, which is also the name of the Cargo feature.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::Ndarray => "ndarray",
            Self::Wgpu => "wgpu",
            Self::Vulkan => "vulkan",
            Self::Metal => "metal",
            Self::Cuda => "cuda",
            Self::Rocm => "rocm",
        }
    }

    /// Whether the backend is part of this program.
    pub fn is_compiled(self) -> bool {
        self.constructor().is_some()
    }

    /// The default device of the backend, tried out: a result means that it computes.
    ///
    /// # Errors
    ///
    /// If the backend is not compiled in or has no working device.
    pub fn device(self) -> Result<Device, StudyError> {
        let name = self.name();
        let constructor = self.constructor().ok_or(StudyError::NotCompiled { name })?;
        open(constructor).map_err(|reason| StudyError::NoDevice { name, reason })
    }

    /// The device, from now on also the one that Burn creates tensors on where nobody names one: what a run
    /// resumes from, for instance.
    ///
    /// # Errors
    ///
    /// As for [`device`](Self::device).
    ///
    /// # Safety
    ///
    /// The caller keeps that no other thread, in C code or ours, reads or writes the process's environment meanwhile.
    pub unsafe fn default_device(self) -> Result<Device, StudyError> {
        // SAFETY: the caller keeps other threads from the environment.
        unsafe { std::env::set_var("BURN_DEVICE", self.name()) };
        self.device()
    }

    /// So many devices, the first of which is `first`. A CPU is listed as often as is asked for, as is the device of wgpu
    /// where it is the only one.
    ///
    /// # Errors
    ///
    /// If there are too few.
    pub fn devices(self, first: &Device, count: usize) -> Result<Vec<Device>, StudyError> {
        if count == 1 {
            return Ok(vec![first.clone()]);
        }
        let found = self.found();
        let may_repeat = match self {
            Self::Flex | Self::Ndarray => true,
            Self::Wgpu | Self::Vulkan | Self::Metal => found.len() < 2,
            Self::Cuda | Self::Rocm => false,
        };
        match found.len() {
            most if most >= count => Ok(found.into_iter().take(count).collect()),
            _ if may_repeat => Ok(vec![first.clone(); count]),
            most => {
                let expected = format!("at most {most}, the devices of {}", self.name());
                Err(wrong("devices", count, &expected))
            }
        }
    }

    /// The hardware of the backend.
    fn found(self) -> Vec<Device> {
        #[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
        use burn::tensor::DeviceType;
        let found: Option<Devices> = match self {
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Some(Device::enumerate(DeviceType::Wgpu)),
            #[cfg(feature = "vulkan")]
            Self::Vulkan => Some(Device::enumerate(DeviceType::Vulkan)),
            #[cfg(feature = "metal")]
            Self::Metal => Some(Device::enumerate(DeviceType::Metal)),
            #[cfg(feature = "cuda")]
            Self::Cuda => Some(Device::enumerate(DeviceType::Cuda)),
            #[cfg(feature = "rocm")]
            Self::Rocm => Some(Device::enumerate(DeviceType::Rocm)),
            _ => None,
        };
        found.map(Devices::into_vec).unwrap_or_default()
    }

    fn constructor(self) -> Option<fn() -> Device> {
        #[cfg(any(feature = "wgpu", feature = "vulkan", feature = "metal"))]
        use burn::tensor::DeviceKind::DefaultDevice;
        match self {
            #[cfg(feature = "flex")]
            Self::Flex => Some(Device::flex),
            #[cfg(feature = "ndarray")]
            #[allow(deprecated)]
            // Burn wants people to leave it, and people compare with it.
            Self::Ndarray => Some(Device::ndarray),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Some(|| Device::wgpu(DefaultDevice)),
            #[cfg(feature = "vulkan")]
            Self::Vulkan => Some(|| Device::vulkan(DefaultDevice)),
            #[cfg(feature = "metal")]
            Self::Metal => Some(|| Device::metal(DefaultDevice)),
            #[cfg(feature = "cuda")]
            Self::Cuda => Some(|| Device::cuda(0)),
            #[cfg(feature = "rocm")]
            Self::Rocm => Some(|| Device::rocm(0)),
            #[allow(unreachable_patterns)] // Unless every backend is compiled in.
            _ => None,
        }
    }
}

/// Opens the device and computes a sum on it. Drivers that are missing make Burn panic rather than
/// return an error, so the panic is caught here and becomes a reason: the first one, as later ones,
/// of threads that waited for the first, only say that it did not answer.
fn open(constructor: fn() -> Device) -> Result<Device, String> {
    let reasons = Arc::new(Mutex::new(Vec::new()));
    let hook = take_hook();
    let seen = reasons.clone();
    set_hook(Box::new(move |panic| {
        let line = panic.payload_as_str().and_then(first_line);
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(line);
    }));
    let result = catch_unwind(|| {
        let device = constructor();
        let sum = Tensor::<1>::ones([2], &device).sum().into_data();
        (device, sum.iter::<f32>().next())
    });
    set_hook(hook);
    match result {
        Ok((device, Some(2.0))) => Ok(device),
        Ok((_, sum)) => Err(format!("1 + 1 gave {sum:?}")),
        Err(_) => {
            let reasons = reasons.lock().unwrap_or_else(PoisonError::into_inner);
            let first = reasons.first().cloned();
            Err(first.unwrap_or_else(|| "the driver failed without a word".into()))
        }
    }
}

fn first_line(text: &str) -> Option<String> {
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    Some(line.trim().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "flex")]
    fn flex_is_there() {
        assert!(Backend::Flex.device().is_ok());
    }

    #[test]
    #[cfg(not(feature = "rocm"))]
    fn a_backend_that_was_left_out_names_its_feature() {
        let message = Backend::Rocm.device().unwrap_err().to_string();
        assert_eq!(
            message,
            "--backend rocm: not compiled in; add `--features rocm` to the cargo command"
        );
    }

    #[test]
    fn a_failing_driver_becomes_a_line() {
        let reason = open(|| panic!("no adapter\nfound")).unwrap_err();
        assert_eq!(reason, "no adapter");
    }

    #[test]
    fn names_are_those_of_the_command_line() {
        for backend in Backend::value_variants() {
            assert_eq!(
                backend.to_possible_value().unwrap().get_name(),
                backend.name()
            );
        }
    }
}
