//! Names of activations, and configs from files.

use burn::{config::Config, tensor::Device};
use burn_rectifiers::{
    ActivationConfig, AlphaDropoutConfig, PReluConfig, PeluConfig, RReluConfig, Rectifier, Sharing,
    TransformativeConfig, curves, curves::find,
};
use proptest::prelude::*;

use super::{
    bytes::{Bytes, damaged, damaged_text},
    fuzz, in_proportion, same, told,
};

#[test]
fn names_are_found_or_the_nearest_is_told() {
    let names: Vec<&str> = curves::all().map(|curve| curve.name()).collect();
    let names = [&names[..], &["channel:3", "layer", "element", "channel"]].concat();
    fuzz("names", 1_000, damaged_text(&names), |text| {
        match in_proportion(text.len(), || find(&text)) {
            Ok(curve) => assert_eq!(curve.name(), text),
            // Whoever shows it to a person knows how.
            Err(error) => drop(error.to_string()),
        }
        if let Ok(sharing) = text.parse::<Sharing>() {
            assert_eq!(sharing.to_string().parse(), Ok(sharing));
        }
    });
}

/// The config, if that is one, which writes what it has read.
fn read<C: Config>(bytes: &[u8]) -> Option<C> {
    let config: C = in_proportion(bytes.len(), || C::load_binary(bytes)).ok()?;
    let value = serde_json::to_value(&config).unwrap();
    let again = C::load_binary(value.to_string().as_bytes()).unwrap();
    assert!(same(&serde_json::to_value(&again).unwrap(), &value));
    Some(config)
}

/// More values than these are made only of a machine that has the memory.
const MOST: usize = 100_000;

/// Whether the layer has a number of parameters: the others are documented to panic.
fn fits(config: &ActivationConfig) -> bool {
    let features = &config.features;
    match config.sharing {
        Sharing::Layer => true,
        Sharing::Channel { axis } => axis > 0 && features.get(axis - 1).is_some_and(|n| *n <= MOST),
        Sharing::Element => {
            let count = features
                .iter()
                .try_fold(1usize, |all, n| all.checked_mul(*n));
            count.is_some_and(|count| count <= MOST)
        }
        _ => unreachable!("no other sharing is read"),
    }
}

fn written<C: Config>(configs: impl IntoIterator<Item = C>) -> impl Strategy<Value = Bytes> {
    let text = |config| serde_json::to_vec(&config).unwrap();
    damaged(configs.into_iter().map(text).collect())
}

#[test]
fn configs_are_activations_or_an_error() {
    let device = Device::flex();
    let configs = curves::all().map(|curve| {
        let start = curve
            .params()
            .iter()
            .map(|info| (info.name.to_string(), info.default));
        let frozen = curve.params().iter().map(|info| info.name.to_string());
        ActivationConfig::new(curve.name().into(), vec![3, 2])
            .with_start(start.collect())
            .with_frozen(frozen.take(1).collect())
    });
    fuzz("configs by name", 500, written(configs), |bytes| {
        let Some(config) = read::<ActivationConfig>(&bytes.0).filter(fits) else {
            return;
        };
        match config.try_init(&device) {
            Ok(act) => assert_eq!(act.name(), config.name),
            Err(error) => drop(error.to_string()),
        }
        if let Err(error) = config.initializer() {
            error.to_string();
        }
    });

    let some = [PReluConfig::new(3).with_frozen(vec!["alpha".into()])];
    fuzz("configs of a module", 300, written(some), |bytes| {
        if let Some(config) = read::<PReluConfig>(&bytes.0)
            && config.num_parameters <= MOST
            && let Ok(act) = config.try_init(&device)
        {
            let is_single = config.per_layer.iter().any(|name| name == "alpha");
            let count = if is_single { 1 } else { config.num_parameters };
            assert_eq!(act.parameters()[0].1.dims(), [count]);
        }
        read::<PeluConfig>(&bytes.0);
    });

    let some = serde_json::to_vec(&RReluConfig::new()).unwrap();
    let more = serde_json::to_vec(&TransformativeConfig::new(2)).unwrap();
    let third = serde_json::to_vec(&AlphaDropoutConfig::new(0.1)).unwrap();
    fuzz(
        "other configs",
        300,
        damaged(vec![some, more, third]),
        |bytes| {
            if let Some(config) = read::<RReluConfig>(&bytes.0)
                && let Err(error) = config.try_init()
            {
                told(error);
            }
            if let Some(config) = read::<AlphaDropoutConfig>(&bytes.0)
                && let Err(error) = config.try_init()
            {
                told(error);
            }
            read::<TransformativeConfig>(&bytes.0);
        },
    );
}
