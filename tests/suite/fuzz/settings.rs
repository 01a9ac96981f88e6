//! Settings on a command line and in files, and summaries.

use std::{collections::BTreeMap, ffi::OsString};

use burn_rectifiers_data::{Split, synthetic};
use burn_rectifiers_study::{
    Begin, LayerSummary, ParameterSummary, RunFolder, Settings, Summary, Timings, table,
};
use clap::Parser;
use proptest::{collection::vec, prelude::*, sample::select};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    bytes::{Bytes, changed, changes, damaged},
    folder, fuzz, in_proportion, next, same, told,
};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

/// A word of a command line, which need not be text.
fn word(bytes: Vec<u8>) -> OsString {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::from_vec(bytes);
    #[cfg(not(unix))]
    return String::from_utf8_lossy(&bytes).into_owned().into();
}

fn flags() -> impl Strategy<Value = Vec<Bytes>> {
    let known = select(vec![
        "--lr=0.01",
        "--weight-decay=1e-4",
        "--epochs=3",
        "--batch-size=16",
        "--width=4",
        "--recipe=fast",
        "--network=plain-3",
        "--optimizer=muon",
        "--schedule=one-cycle",
        "--warm-up=0.5",
        "--augment=flip",
        "--label-smoothing=0.1",
        "--val-split=0.5",
        "--ema=0.9",
        "--seed=7",
        "--train-size=20",
        "--test-size=10",
        "--activation=elu",
        "--sharing=layer",
        "--data=cifar10",
        "--data-dir=data",
        "--backend=flex",
    ]);
    let damaged = (known, changes()).prop_map(|(flag, changes)| {
        let (name, value) = flag.split_once('=').unwrap();
        [name.as_bytes(), b"=", &changed(value.as_bytes(), &changes)].concat()
    });
    let number = (
        select(vec![
            "lr",
            "weight-decay",
            "warm-up",
            "val-split",
            "ema",
            "label-smoothing",
        ]),
        0.0..1e3f64,
    )
        .prop_map(|(name, value)| format!("--{name}={value:?}").into_bytes());
    vec(prop_oneof![2 => damaged, 1 => number].prop_map(Bytes), 0..3)
}

#[test]
fn settings_are_refused_or_survive_a_file() {
    let parent = folder();
    let data: Split = synthetic::split(0, 4, 2);
    fuzz("settings", 150, flags(), |flags| {
        let words = flags.iter().map(|flag| word(flag.0.clone()));
        let line: Vec<OsString> = std::iter::once("test".into()).chain(words).collect();
        let Ok(Line { settings }) = Line::try_parse_from(line) else {
            return;
        };
        let settings = match settings.checked() {
            Ok(settings) => settings,
            Err(error) => return drop(told(error)),
        };
        // Twice: a run is known again by its settings.
        let folder = parent.path().join(next().to_string());
        for _ in 0..2 {
            RunFolder::open(folder.clone(), &settings, &data, Begin::New).unwrap();
        }
        let text = std::fs::read(folder.join("settings.json")).unwrap();
        let read: Settings = serde_json::from_slice(&text).unwrap();
        let [there, here] = [&read, &settings].map(|s| serde_json::to_value(s).unwrap());
        assert!(same(&there, &here), "{there} is not {here}");
        std::fs::remove_dir_all(folder).unwrap();
    });
}

/// The value, if that is one, which is read again as it is written.
pub fn read<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let value: T = in_proportion(bytes.len(), || serde_json::from_slice(bytes)).ok()?;
    let text = serde_json::to_value(&value).unwrap();
    let again: T = serde_json::from_str(&text.to_string()).unwrap();
    let again = serde_json::to_value(&again).unwrap();
    assert!(same(&again, &text), "{text} is read as {again}");
    Some(value)
}

fn summary() -> Summary {
    let parameter = ParameterSummary {
        count: 8,
        initial: 0.25,
        mean: 0.2,
        min: -1.5,
        max: 0.75,
    };
    let layer = |name: &str| LayerSummary {
        layer: name.into(),
        units: 8,
        dead_units: 2,
        dead_share: 0.25,
        parameters: BTreeMap::from([("alpha".into(), parameter.clone())]),
    };
    Summary {
        settings: Settings::default(),
        train_images: 20,
        validation_images: 0,
        test_images: 10,
        epoch: 3,
        test_accuracy: 0.5,
        test_loss: 1.25,
        train_loss: 1.5,
        train_accuracy: 0.75,
        network_parameters: 1234,
        layers: vec![layer("block 1"), layer("block 2")],
        timings: Timings {
            images_per_second: 100.0,
            seconds: 1.5,
            train_seconds: 1.25,
        },
    }
}

#[test]
fn summaries_are_read_as_written() {
    let valid = serde_json::to_string_pretty(&summary())
        .unwrap()
        .into_bytes();
    let settings = serde_json::to_string_pretty(&Settings::default()).unwrap();
    let inputs = damaged(vec![valid.clone(), valid, settings.into_bytes()]);
    fuzz("summaries", 500, inputs, |bytes| {
        if let Some(summary) = read::<Summary>(&bytes.0) {
            in_proportion(bytes.0.len(), || table::render(&summary));
            summary.divergence(10);
        }
        if let Some(settings) = read::<Settings>(&bytes.0) {
            settings.activation_title();
            if let Err(error) = settings.checked() {
                told(error);
            }
        }
    });
}
