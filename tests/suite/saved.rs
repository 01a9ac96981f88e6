//! Files that a released version wrote load for ever: configs, records of modules, run folders, trials of a study.
//!
//! `tests/fixtures/saved` has a folder per version that wrote files of its own form. A change that makes one of these
//! tests fail would lose somebody's work: read the old form too. `cargo test --test suite saved::write -- --ignored`
//! writes the folder of a new version.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::process::{example_into, succeeds};
use crate::common::{Numbers, bits, rounded, tensor};
use burn::config::Config;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{DType, Device, Tensor};
use burn_rectifiers::{curve::Curve, *};
use serde_json::{Map, Value};

/// The folder of each version.
fn versions() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/saved");
    let versions = fs::read_dir(folder).unwrap();
    let versions: Vec<_> = versions.map(|entry| entry.unwrap().path()).collect();
    assert!(!versions.is_empty());
    versions
}

/// Modules of every kind.
#[derive(Module, Debug)]
struct Everything {
    family: Vec<Activation>,
    transformative: Transformative<PRelu>,
    rrelu: RRelu,
    dropout: AlphaDropout,
}

impl Everything {
    fn new(device: &Device) -> Self {
        let by_name =
            |curve: &dyn Curve| ActivationConfig::new(curve.name().into(), vec![3]).init(device);
        Self {
            family: curves::all().map(by_name).collect(),
            transformative: TransformativeConfig::new(3)
                .init(PReluConfig::new(3).init(device), device),
            rrelu: RReluConfig::new().init(),
            dropout: AlphaDropoutConfig::new(0.5).init(),
        }
    }
}

/// Gives each parameter numbers of its own, with all their digits.
struct Distinct(Numbers);

impl ModuleMapper for Distinct {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|old| {
            let values: Vec<f64> = (0..old.shape().num_elements())
                .map(|_| rounded(self.0.between(0.2, 3.0) / 3.0, DType::F32))
                .collect();
            tensor(&values, old.dims(), &old.device(), DType::F32)
        })
    }
}

/// The bits of all parameters, in order.
#[derive(Default)]
struct Bits(Vec<Vec<u64>>);

impl ModuleVisitor for Bits {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push(bits(param.val()));
    }
}

fn all_bits(module: &Everything) -> Vec<Vec<u64>> {
    let mut bits = Bits::default();
    module.visit(&mut bits);
    bits.0
}

/// What the record has.
fn everything(device: &Device) -> Everything {
    Everything::new(device).map(&mut Distinct(Numbers(1)))
}

#[test]
fn records_load() {
    let device = Device::flex();
    for version in versions() {
        let fresh = Everything::new(&device);
        let loaded = fresh.clone().load_file(version.join("modules.bpk"));
        let expected = all_bits(&everything(&device));
        assert_ne!(all_bits(&fresh), expected);
        assert_eq!(all_bits(&loaded), expected, "{}", version.display());
    }
}

/// Each config of this crate with values that are not the defaults.
macro_rules! for_all_configs {
    ($do:ident) => {
        $do!(
            PReluConfig DPReluConfig SReluConfig SparseReluConfig FlexibleReluConfig AplConfig PactConfig ShiLuConfig
            BluConfig StarReluConfig SoftplusConfig SwishConfig AconCConfig DeluConfig LearnableEluConfig PeluConfig
            MPeluConfig PSeluConfig PCeluConfig PDeluConfig PTeluConfig PReuConfig IsrluConfig
        )
    };
}

/// A config as JSON, by the name of its type.
fn configs() -> Map<String, Value> {
    let json = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let mut all = Map::new();
    macro_rules! add {
        ($($Config:ident)+) => {
            $(
                let config = $Config::new(7).with_sharing(Sharing::Channel { axis: 2 });
                let values: Vec<f64> = (0..config_params(stringify!($Config)))
                    .map(|i| (i + 1) as f64 / 3.0)
                    .collect();
                let config = config
                    .with_values(&values)
                    .with_frozen(vec!["some".into()])
                    .with_per_layer(vec!["other".into()]);
                all.insert(stringify!($Config).into(), json(config.to_string()));
            )+
        };
    }
    for_all_configs!(add);
    let start = [("alpha".to_string(), 0.1)].into();
    let by_name = ActivationConfig::new("pelu".into(), vec![4, 3, 2])
        .with_sharing(Sharing::Element)
        .with_start(start)
        .with_frozen(vec!["b".into()])
        .with_per_layer(vec!["a".into()]);
    all.insert("ActivationConfig".into(), json(by_name.to_string()));
    let transformative = TransformativeConfig::new(5)
        .with_sharing(Sharing::Layer)
        .with_gamma(0.7);
    all.insert(
        "TransformativeConfig".into(),
        json(transformative.to_string()),
    );
    let rrelu = RReluConfig::new().with_lower(0.1).with_upper(0.3);
    all.insert("RReluConfig".into(), json(rrelu.to_string()));
    let dropout = AlphaDropoutConfig::new(0.2);
    all.insert("AlphaDropoutConfig".into(), json(dropout.to_string()));
    all
}

/// How many parameters the activation of a config has.
fn config_params(config: &str) -> usize {
    let wanted = config.trim_end_matches("Config").to_lowercase();
    let named = |curve: &&dyn Curve| curve.name().replace('_', "") == wanted;
    curves::all().find(named).unwrap().params().len()
}

#[test]
fn configs_load() {
    for version in versions() {
        let saved = fs::read_to_string(version.join("configs.json")).unwrap();
        let saved: Map<String, Value> = serde_json::from_str(&saved).unwrap();
        let current = configs();
        for (name, saved) in saved {
            let text = saved.to_string();
            let mut loaded = None;
            macro_rules! load {
                ($($Config:ident)+) => {
                    $(if name == stringify!($Config) {
                        loaded = Some($Config::load_binary(text.as_bytes()).unwrap().to_string());
                    })+
                };
            }
            for_all_configs!(load);
            load!(ActivationConfig TransformativeConfig RReluConfig AlphaDropoutConfig);
            let loaded = loaded.unwrap_or_else(|| panic!("{name} is gone"));
            // Numbers, sharing and names are those that were saved; what was added since has its default.
            let loaded: Value = serde_json::from_str(&loaded).unwrap();
            assert_eq!(loaded, current[&name], "{name}");
        }
    }
}

/// The form that a config takes when it grows: what is added is an `Option`, which a file may lack.
#[test]
fn a_config_that_grows_loads_what_was_saved_before() {
    #[derive(Config, Debug)]
    struct Grown {
        num_parameters: usize,
        #[config(default = "Default::default()")]
        sharing: Sharing,
        added: Option<f64>,
    }
    let saved = PReluConfig::new(7)
        .with_sharing(Sharing::Element)
        .to_string();
    let grown = Grown::load_binary(saved.as_bytes()).unwrap();
    assert_eq!((grown.num_parameters, grown.added), (7, None));
    assert_eq!(grown.sharing, Sharing::Element);
}

const RUN: &str = "--train-size 80 --test-size 20 --batch-size 16 --width 2 --no-tui";
const STUDY: &str = "--claims 1 --activations prelu --seeds 2 --train-size 100 --test-size 20";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// A run that was interrupted after its first epoch goes on and keeps what it has measured.
#[test]
fn runs_go_on() {
    for version in versions() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("run");
        copy(&version.join("run"), &out);
        let before = fs::read_to_string(out.join("checkpoint/epoch-1/metrics.csv")).unwrap();
        let said = succeeds(example_into(
            "cnn_cifar",
            &format!("{RUN} --epochs 2 --resume"),
            &out,
        ));
        let after = fs::read_to_string(out.join("metrics.csv")).unwrap();
        assert!(after.starts_with(&before), "{said}{after}");
        assert!(out.join("summary.json").exists(), "{said}");
    }
}

/// Trials of a study are not trained again.
#[test]
fn trials_count() {
    for version in versions() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("study");
        copy(&version.join("study"), &out);
        let trials = |folder: &Path| {
            let files = fs::read_dir(folder.join("runs")).unwrap();
            let mut all: Vec<_> = files
                .map(|file| file.unwrap().path())
                .map(|path| {
                    (
                        path.file_name().unwrap().to_owned(),
                        fs::read(path).unwrap(),
                    )
                })
                .collect();
            all.sort();
            all
        };
        let before = trials(&version.join("study"));
        assert!(!before.is_empty());
        let said = succeeds(example_into("study", &format!("{STUDY} --resume"), &out));
        // Seconds are measured anew if a trial is.
        assert_eq!(trials(&out), before, "{said}");
    }
}

/// Writes the folder of this version.
#[test]
#[ignore = "writes into the repository"]
fn write() {
    let version = env!("CARGO_PKG_VERSION");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/saved")
        .join(version);
    assert!(!folder.exists(), "{} is there", folder.display());
    fs::create_dir_all(&folder).unwrap();
    everything(&Device::flex())
        .save_file(folder.join("modules.bpk"))
        .unwrap();
    let json = serde_json::to_string_pretty(&configs()).unwrap();
    fs::write(folder.join("configs.json"), json + "\n").unwrap();
    let temp = tempfile::tempdir().unwrap();
    let run = temp.path().join("run");
    succeeds(example_into(
        "cnn_cifar",
        &format!("{RUN} --epochs 1"),
        &run,
    ));
    // As if it had been killed: with its newest checkpoint alone.
    copy(
        &run.join("checkpoint/epoch-1"),
        &folder.join("run/checkpoint/epoch-1"),
    );
    for name in [".burn-rectifiers", "settings.json"] {
        fs::copy(run.join(name), folder.join("run").join(name)).unwrap();
    }
    let out = temp.path().join("study");
    succeeds(example_into("study", STUDY, &out));
    copy(&out.join("runs"), &folder.join("study/runs"));
    for name in [".burn-rectifiers", "study.json"] {
        fs::copy(out.join(name), folder.join("study").join(name)).unwrap();
    }
}
