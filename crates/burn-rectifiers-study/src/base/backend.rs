//! The device that a name on the command line stands for.

use std::env::set_var;

use burn::tensor::{Device, Devices, Tensor};
use burn_rectifiers::Relu;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::base::{
    error::{StudyError, wrong},
    panics::without_panics,
    server,
};
use crate::say;

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
    /// Devices of a server, on this machine or another.
    Remote,
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
            Self::Remote => "remote",
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
        open(constructor).map_err(|reason| match self {
            Self::Remote => StudyError::NoServer {
                url: server::url(),
                reason,
            },
            _ => StudyError::NoDevice { name, reason },
        })
    }

    /// Whether somebody who names no backend may mean this one: it is compiled in, and for a remote one, the environment
    /// names a server.
    pub fn is_at_hand(self) -> bool {
        let is_named = self != Self::Remote || server::is_named();
        self.is_compiled() && is_named
    }

    /// The device, from now on also the one that Burn creates tensors on where nobody names one: what a run
    /// resumes from, for instance. `url` is that of the server of a remote one.
    ///
    /// # Errors
    ///
    /// As for [`device`](Self::device), and for the URL of a server where there is none.
    ///
    /// # Safety
    ///
    /// The caller keeps that no other thread, in C code or ours, reads or writes the process's environment meanwhile.
    pub unsafe fn default_device(self, url: Option<&str>) -> Result<Device, StudyError> {
        // SAFETY: the caller keeps other threads from the environment.
        unsafe { set_var("BURN_DEVICE", self.name()) };
        if let Some(url) = url {
            if self != Self::Remote {
                return Err(wrong("url", url, "to stand with --backend remote"));
            }
            // SAFETY: as above.
            unsafe { set_var(server::VARIABLE, url) };
        }
        if self == Self::Remote {
            say!("Connecting to {}", server::url());
        }
        self.device()
    }

    /// What `body` yields, which computes on `device`. If the server of a remote device goes away meanwhile, that is an
    /// error and not a panic.
    ///
    /// # Errors
    ///
    /// Those of `body`, or that the server is gone.
    ///
    /// # Panics
    ///
    /// Where `body` does.
    pub fn watch<R>(
        self,
        device: &Device,
        body: impl FnOnce() -> Result<R, StudyError>,
    ) -> Result<R, StudyError> {
        if self != Self::Remote {
            return body();
        }
        let result = without_panics(body);
        let computes = || without_panics(|| sum_of_ones(device)).is_ok();
        match result {
            Ok(Ok(result)) => Ok(result),
            _ if !computes() => Err(StudyError::ServerGone { url: server::url() }),
            Ok(error) => error,
            Err(panic) => panic!("{panic}"),
        }
    }

    /// So many devices, the first of which is `first`. A CPU is listed as often as is asked for, as is the device of wgpu
    /// where it is the only one.
    ///
    /// # Errors
    ///
    /// If there are too few, or more are asked for than anybody has.
    pub fn devices(self, first: &Device, count: usize) -> Result<Vec<Device>, StudyError> {
        check_count(count)?;
        if count == 1 {
            return Ok(vec![first.clone()]);
        }
        let found = self.found();
        let may_repeat = match self {
            Self::Flex | Self::Ndarray => true,
            Self::Wgpu | Self::Vulkan | Self::Metal => found.len() < 2,
            Self::Cuda | Self::Rocm | Self::Remote => false,
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
            #[cfg(feature = "remote")]
            Self::Remote => server::host().devices().ok(),
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
            #[cfg(feature = "remote")]
            Self::Remote => Some(|| {
                let device = Device::remote_options(&server::host()).init();
                device.unwrap_or_else(|error| panic!("{error}"))
            }),
            #[allow(unreachable_patterns)] // Unless every backend is compiled in.
            _ => None,
        }
    }
}

/// Refuses numbers of devices that nobody has in one machine.
pub(crate) fn check_count(devices: usize) -> Result<(), StudyError> {
    const MOST: usize = 64;
    match devices {
        1..=MOST => Ok(()),
        _ => Err(wrong("devices", devices, &format!("from 1 to {MOST}"))),
    }
}

/// Opens the device and computes on it: an activation, too, which a server may not have.
fn open(constructor: fn() -> Device) -> Result<Device, String> {
    match without_panics(|| {
        let device = constructor();
        let sum = sum_of_ones(&device);
        (device, sum)
    })? {
        (device, Some(2.0)) => Ok(device),
        (_, sum) => Err(format!("1 + 1 gave {sum:?}")),
    }
}

fn sum_of_ones(device: &Device) -> Option<f32> {
    let ones = Tensor::<1>::ones([2], device);
    let sum = Relu.forward(ones).sum().into_data();
    sum.iter::<f32>().next()
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
