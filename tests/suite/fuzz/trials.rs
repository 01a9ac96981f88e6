//! What a study keeps: trials with their checksums, what it is of, and what steps cost.

use std::{collections::BTreeMap, fs};

use burn_rectifiers::Sharing;
use burn_rectifiers_study::{
    Optimizer, Schedule, StudyError,
    files::checksum_of,
    net::Architecture,
    study::{
        Arguments, Case, Condition, Costs, Epoch, Evidence, Finished, JudgedOn, Layer, Outcome,
        Parameter, Rates, StepCost, Store, Trial, claims,
    },
};
use clap::Parser;
use proptest::prelude::*;

use super::{
    bytes::{changed, changes, damaged},
    folder, fuzz, in_proportion, next,
    settings::read,
    told,
};

fn trial() -> Trial {
    Trial {
        net: Architecture::Plain { depth: 4, width: 8 },
        activation: "prelu".into(),
        sharing: Sharing::default(),
        condition: Condition::FULL,
        optimizer: Optimizer::Sgd,
        schedule: Schedule::Cosine,
        learning_rate: 1e-3,
        weight_decay: 1e-4,
        batch_size: 16,
        epochs: 2,
        images: 50,
        augmented: true,
        judged_on: JudgedOn::Validation,
        observed: true,
        seed: 1,
    }
}

fn finished() -> Finished {
    let layer = Layer {
        units: 4,
        dead: vec![0, 3],
        mean: Some(0.5),
        variance: None,
        zeros: Some(0.25),
    };
    let epoch = Epoch {
        accuracy: 0.75,
        loss: Some(1.5),
        layers: vec![layer.clone(), layer],
    };
    let parameter = Parameter {
        name: "alpha".into(),
        mean: Some(0.25),
        min: Some(-1e-30),
        max: None,
    };
    Finished {
        trial: trial(),
        outcome: Outcome {
            diverged_at: None,
            before: Some(epoch.clone()),
            epochs: vec![epoch.clone(), epoch],
            losses: vec![2.5, 0.1, 3e-7],
            gradients_before: vec![Some(1.0), None],
            gradients_after: vec![None, Some(0.1)],
            parameters: vec![vec![parameter.clone(), parameter]],
        },
        seconds: 1.5,
    }
}

fn about() -> BTreeMap<String, String> {
    ["images", "backend"]
        .map(|name| (name.to_string(), "synthetic".to_string()))
        .into()
}

#[test]
fn a_change_of_a_trial_is_noticed_or_without_effect() {
    let temp = folder();
    let store = Store::open(temp.path(), &about(), false).unwrap();
    store.keep(&finished()).unwrap();
    let file = temp
        .path()
        .join("runs")
        .join(format!("{}.json", trial().id()));
    let valid = fs::read(&file).unwrap();
    let inputs = (changes(), any::<bool>());
    fuzz("trials", 600, inputs, |(changes, is_forged)| {
        let bytes = match is_forged {
            // With the checksum of what is there now.
            true => {
                let text = valid.split(|byte| *byte == b'\n').next().unwrap();
                let text = changed(text, &changes);
                [&text[..], b"\n", checksum_of(&text).as_bytes()].concat()
            }
            false => changed(&valid, &changes),
        };
        fs::write(&file, &bytes).unwrap();
        let found = in_proportion(bytes.len(), || store.find(&trial()));
        let Some(found) = found else { return };
        match is_forged {
            false => assert_eq!(found, finished()),
            true => {
                let outcome = found.outcome;
                outcome.accuracy();
                outcome.training_loss();
                outcome.parameter("alpha");
                outcome.steps_to(1.0, 2);
            }
        }
    });
}

#[test]
fn what_is_kept_is_found_whatever_the_numbers() {
    let temp = folder();
    let store = Store::open(temp.path(), &about(), false).unwrap();
    let inputs = (0.0..1e3f64, any::<u64>(), 0.0..1e-3f64);
    fuzz("numbers of trials", 100, inputs, |(rate, seed, decay)| {
        let trial = Trial {
            learning_rate: rate,
            weight_decay: decay,
            seed,
            ..trial()
        };
        let kept = Finished {
            trial: trial.clone(),
            ..finished()
        };
        store.keep(&kept).unwrap();
        assert_eq!(store.find(&trial), Some(kept));
    });
}

#[test]
fn a_study_is_opened_or_refused() {
    let temp = folder();
    drop(Store::open(temp.path(), &about(), false).unwrap());
    let description = fs::read(temp.path().join("study.json")).unwrap();
    let mark = fs::read(temp.path().join(".burn-rectifiers")).unwrap();
    let inputs = (
        damaged(vec![description]),
        prop_oneof![2 => Just(None), 1 => damaged(vec![mark]).prop_map(Some)],
        any::<bool>(),
    );
    fuzz("studies", 600, inputs, |(description, mark, resume)| {
        let folder = temp.path().join(next().to_string());
        drop(Store::open(&folder, &about(), false).unwrap());
        fs::write(folder.join("study.json"), &description.0).unwrap();
        if let Some(mark) = mark {
            fs::write(folder.join(".burn-rectifiers"), &mark.0).unwrap();
        }
        let open = || Store::open(&folder, &about(), resume);
        if let Err(error) = in_proportion(description.0.len(), open) {
            assert_eq!(told(&error).lines().count(), 1);
            let says_what_to_do = !matches!(error, StudyError::Io { .. });
            assert!(says_what_to_do, "{error}");
        }
        fs::remove_dir_all(folder).unwrap();
    });
}

#[test]
fn costs_from_a_file_are_judged_or_measured_again() {
    let arguments = Arguments::parse_from(["study", "--activations=relu,prelu,elu"]);
    let plan = arguments.plan(100, 10);
    let step = |name: &String| StepCost {
        activation: name.clone(),
        seconds: (1..=10).map(|i| 0.1 + 1e-3 * f64::from(i)).collect(),
        bytes: Some(1_000_000),
    };
    let costs = Costs {
        steps: plan.activations.iter().map(step).collect(),
        batch_size: plan.budget.batch_size,
    };
    assert!(costs.fit(&plan));
    let valid = serde_json::to_vec(&costs).unwrap();
    let all = claims::all();
    let claim = all.last().unwrap();
    fuzz("costs", 3_000, damaged(vec![valid]), |bytes| {
        let Some(costs) = read::<Costs>(&bytes.0).filter(|costs| costs.fit(&plan)) else {
            return;
        };
        let case = Case {
            plan: &plan,
            seeds: &plan.seeds,
            rates: &Rates::default(),
            evidence: &Evidence::default(),
            costs: Some(&costs),
        };
        let findings = claims::judged(claim.as_ref(), &case, &[]);
        claims::outcome(&findings);
        claim.blocks(&case, findings);
    });
}
