//! Claims judged on outcomes of known truth.

use super::*;
use crate::report::Block;
use crate::statistics::{Finding, Verdict};
use crate::study::until_decided::{Limit, Pace, next};
use crate::study::{
    Arguments, Costs, Epoch, Evidence, Finished, Layer, Outcome, Parameter, cost::StepCost,
};
use crate::study::{Case, Plan, Rates, Trial};
use clap::Parser;
use rand::RngExt;
use std::time::{Duration, Instant};

/// Noise of this size lies on everything, the same for all activations of a seed.
fn noise(seed: u64, purpose: &str) -> f64 {
    crate::base::rng::stream(purpose, seed, 0).random_range(-1.0..1.0)
}

/// A study in which `truth` says what comes of every trial.
fn study(line: &str, claim: u8, truth: impl Fn(&Trial) -> Outcome) -> Judged {
    let arguments = ["study"].into_iter().chain(line.split_whitespace());
    let arguments = Arguments::parse_from(arguments).checked().unwrap();
    let plan = arguments.plan(2000, 10);
    let question = all()
        .into_iter()
        .find(|question| question.number() == claim)
        .unwrap();
    let (evidence, rates) = finished(&plan, question.as_ref(), &truth);
    let costs = Costs {
        steps: plan
            .activations
            .iter()
            .map(|name| StepCost {
                activation: name.clone(),
                seconds: (0..10)
                    .map(|i| 0.01 * (1.0 + 0.01 * noise(i, name)))
                    .collect(),
                bytes: Some(1000),
            })
            .collect(),
        batch_size: 32,
    };
    let case = Case {
        plan: &plan,
        seeds: &plan.seeds,
        rates: &rates,
        evidence: &evidence,
        costs: Some(&costs),
    };
    let findings = judged(question.as_ref(), &case, &[]);
    Judged {
        blocks: question.blocks(&case, findings.clone()),
        sentence: sentence(&question.hypotheses(&case), &findings),
        findings,
    }
}

/// The trials of a claim with the first seeds, as `truth` has them, and the rates that follow.
fn finished(
    plan: &Plan,
    question: &dyn Question,
    truth: &impl Fn(&Trial) -> Outcome,
) -> (Evidence, Rates) {
    let mut evidence = Evidence::default();
    let wanted = question.rates(plan);
    for &(net, name) in &wanted {
        add(&mut evidence, plan.choosing(net, name), truth);
    }
    let rates = plan.choose_rates(&wanted, &evidence);
    add(&mut evidence, question.trials(plan, &rates), truth);
    (evidence, rates)
}

/// Adds trials that took a second each.
fn add(evidence: &mut Evidence, trials: Vec<Trial>, truth: &impl Fn(&Trial) -> Outcome) {
    evidence.add(trials.into_iter().map(|trial| Finished {
        outcome: truth(&trial),
        trial,
        seconds: 1.0,
    }));
}

/// What a study says of a claim.
struct Judged {
    findings: Vec<Finding>,
    blocks: Vec<Block>,
    sentence: String,
}

/// An ordinary outcome with this accuracy.
fn outcome(trial: &Trial, accuracy: f64) -> Outcome {
    let layer = Layer {
        units: 10,
        dead: Vec::new(),
        mean: Some(0.5),
        variance: Some(1.0),
        zeros: Some(0.0),
    };
    let epoch = Epoch {
        accuracy: accuracy as f32,
        loss: Some((2.3 - accuracy) as f32),
        layers: vec![layer; 3],
    };
    let alpha = |mean| {
        vec![Parameter {
            name: "alpha".into(),
            mean: Some((mean + 0.01 * noise(trial.seed, &format!("alpha {mean}"))) as f32),
            min: None,
            max: None,
        }]
    };
    Outcome {
        diverged_at: None,
        before: Some(epoch.clone()),
        losses: (0..trial.steps())
            .map(|step| 2.3 / (1.0 + step as f32 / 50.0))
            .collect(),
        gradients_before: vec![Some(1.0); 32],
        gradients_after: vec![Some(0.1); 32],
        parameters: vec![alpha(0.6), alpha(0.3), alpha(0.1)],
        epochs: vec![epoch; trial.epochs],
    }
}

fn verdict(findings: &[Finding], text: &str) -> Verdict {
    let finding = findings
        .iter()
        .find(|finding| finding.claim.text.contains(text));
    finding
        .unwrap_or_else(|| panic!("{text}: {findings:#?}"))
        .verdict
}

#[test]
fn a_planted_effect_is_found_and_a_planted_null_is_not() {
    let Judged {
        findings,
        blocks,
        sentence,
    } = study("--seeds 8", 5, |trial| {
        let better = match trial.activation.as_str() {
            "prelu" => 0.05,
            "srelu" => -0.05,
            _ => 0.0,
        };
        let own = 0.004 * noise(trial.seed, &trial.activation);
        outcome(trial, 0.6 + better + own + 0.1 * noise(trial.seed, "all"))
    });
    assert_eq!(
        verdict(&findings, "`prelu` classifies better than `relu`"),
        Verdict::Confirmed
    );
    assert_eq!(
        verdict(&findings, "`prelu` classifies better than `leaky_relu`"),
        Verdict::Confirmed
    );
    assert_eq!(verdict(&findings, "`srelu` classifies"), Verdict::Refuted);
    for null in [
        "`leaky_relu` classifies",
        "`pelu` classifies",
        "`mpelu` classifies",
    ] {
        let verdict = verdict(&findings, null);
        let is_null = matches!(verdict, Verdict::Undecided { .. } | Verdict::Equal);
        assert!(is_null, "{null}: {verdict:?}");
    }
    assert_eq!(verdict(&findings, "slopes end larger"), Verdict::Confirmed);
    assert_eq!(super::outcome(&findings), crate::report::Outcome::Mixed);
    for part in [
        "Images are classified better with `prelu` instead of `leaky_relu` and `prelu` instead of `relu`;",
        "images are classified worse with `srelu` instead of `relu`;",
        "PReLU's slopes end larger in the first layer than in the last.",
    ] {
        assert!(sentence.contains(part), "{part}: {sentence}");
    }
    let lines = comparisons(&findings);
    assert!(lines[1].starts_with("**Confirmed:** `prelu` classifies better than"));
    assert!(
        lines[3].starts_with("**Refuted:** `srelu` classifies"),
        "{lines:?}"
    );
    assert!(!blocks.is_empty());
}

#[test]
fn dead_units_are_counted_at_the_harsh_rate() {
    let Judged {
        findings, sentence, ..
    } = study("--seeds 9", 1, |trial| {
        let mut result = outcome(trial, 0.5);
        // The rates chosen are kind; what is harsh is at least four times the smallest.
        if trial.activation == "relu" && trial.learning_rate >= 4e-3 && trial.observed {
            let dead = 4 + (trial.seed % 3) as usize;
            for epoch in &mut result.epochs {
                epoch
                    .layers
                    .iter_mut()
                    .for_each(|layer| layer.dead = (0..dead).collect());
            }
        }
        result
    });
    assert_eq!(
        verdict(&findings, "ReLU has dead units"),
        Verdict::Confirmed
    );
    for name in ["`leaky_relu`", "`prelu`", "`elu`"] {
        assert_eq!(verdict(&findings, name), Verdict::Confirmed, "{name}");
    }
    assert_eq!(verdict(&findings, "stay so"), Verdict::Confirmed);
    assert_eq!(
        sentence,
        "At 4 times the rate that suits ReLU, 50 % of its units die; what is dead after an epoch stays so; fewer die with \
         `leaky_relu`, `prelu` and `elu`."
    );

    // Of shares, fewer than eight seeds decide nothing when there are five comparisons.
    let findings = study("--seeds 7", 1, |trial| outcome(trial, 0.5)).findings;
    for finding in findings {
        let open = matches!(finding.verdict, Verdict::Undecided { .. });
        assert!(open, "{finding}");
    }
}

#[test]
fn a_network_that_is_too_deep_fails() {
    let Judged {
        findings, blocks, ..
    } = study("--seeds 8", 2, |trial| {
        let mut result = outcome(trial, 0.5);
        let deep = matches!(
            trial.net,
            crate::training::net::Architecture::Plain { depth: 32, .. }
        );
        let fails = deep && ["relu", "leaky_relu"].contains(&trial.activation.as_str());
        let level = if fails { 2.3 } else { 1.0 } + 0.01 * noise(trial.seed, &trial.activation);
        result
            .losses
            .iter_mut()
            .for_each(|loss| *loss = level as f32);
        result
    });
    assert_eq!(verdict(&findings, "does not converge"), Verdict::Confirmed);
    assert_eq!(verdict(&findings, "`elu` reaches"), Verdict::Confirmed);
    assert_eq!(verdict(&findings, "`leaky_relu` reaches"), Verdict::Equal);
    let failures: Vec<Vec<String>> = blocks
        .iter()
        .filter_map(|block| match block {
            Block::Table(table) => Some(table.rows.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    let fails_from = |name: &str| {
        let row = failures.iter().find(|row| row[0] == name).unwrap();
        row.last().unwrap().clone()
    };
    assert_eq!([fails_from("`relu`"), fails_from("`elu`")], ["32", "–"]);
}

#[test]
fn diverged_trainings_count_as_guessing_and_are_named() {
    let findings = study("--seeds 4", 5, |trial| {
        let own = 0.004 * noise(trial.seed, &trial.activation);
        let mut result = outcome(trial, 0.6 + own);
        if trial.activation == "prelu" && trial.seed == 2 {
            result.diverged_at = Some(3);
        }
        result
    })
    .findings;
    let finding = findings.iter().find(|f| {
        f.claim
            .text
            .contains("`prelu` classifies better than `relu`")
    });
    let said = finding.unwrap().to_string();
    assert!(
        said.contains("seed 2 of prelu: failed, counted as 10"),
        "{said}"
    );
    assert!(finding.unwrap().mean.unwrap() < -5.0, "{said}");
}

#[test]
fn every_claim_is_judged_and_drawn() {
    for claim in 1..=6 {
        let Judged {
            findings, blocks, ..
        } = study("--seeds 3", claim, |trial| {
            outcome(trial, 0.6 + 0.01 * noise(trial.seed, &trial.activation))
        });
        assert!(findings.len() >= 3, "{claim}");
        let figures = blocks
            .iter()
            .filter(|block| matches!(block, Block::Figure(_)));
        assert!(figures.count() >= 1, "{claim}");
    }
}

/// Seeds go first to what they will probably decide, last to what stays open in any case, and to nothing that is decided or
/// that would not be over in time.
#[test]
fn the_most_promising_comparison_is_next() {
    let line =
        "study --claims 5 --activations elu,learnable_elu,mpelu,pelu --seeds 4 --max-seeds 24";
    let arguments = Arguments::parse_from(line.split_whitespace());
    let plan = arguments.checked().unwrap().plan(2000, 10);
    let question = all().remove(4);
    let truth = |trial: &Trial| {
        let own = noise(trial.seed, &trial.activation);
        let accuracy = match trial.activation.as_str() {
            // Better without a doubt; perhaps by a little; who knows.
            "learnable_elu" => 0.7 + 0.0005 * own,
            "mpelu" => 0.615 + 0.01 * own,
            "pelu" => 0.6 + 0.1 * own,
            _ => 0.6,
        };
        outcome(trial, accuracy)
    };
    let (mut evidence, rates) = finished(&plan, question.as_ref(), &truth);
    let questions = vec![question];
    let mut taken = vec![vec![1; 3]];
    let mut order = Vec::new();
    loop {
        let case = Case {
            plan: &plan,
            seeds: &plan.seeds,
            rates: &rates,
            evidence: &evidence,
            costs: None,
        };
        let pace = Pace::of(&evidence, 500, 2);
        let soon = Some(Instant::now() + Duration::from_millis(10));
        let until = |end, is_stored: &dyn Fn(&Trial) -> bool| {
            next(&questions, &case, &taken, &pace, &Limit { end, is_stored })
        };
        assert!(until(soon, &|_| false).is_none());
        let Some(look) = until(None, &|_| false) else {
            break;
        };
        // What is stored takes no time.
        assert_eq!(until(soon, &|_| true).unwrap().at, look.at);
        // The other side has the seeds already, once another comparison has needed them.
        let count = look.trials.len();
        assert!((1..=2 * 10).contains(&count), "{count}");
        let [claim, index] = look.at;
        taken[claim][index] += 1;
        order.push(index);
        add(&mut evidence, look.trials, &truth);
    }
    let hypotheses = ["learnable_elu", "pelu", "mpelu"];
    let order: Vec<&str> = order.into_iter().map(|index| hypotheses[index]).collect();
    let (first, last) = (order[0], order[order.len() - 1]);
    assert_eq!((first, last), ("mpelu", "pelu"), "{order:?}");
    assert!(!order.contains(&"learnable_elu"), "{order:?}");
    let is_sorted = order.is_sorted();
    assert!(is_sorted, "{order:?}");
    // To the end, and no further.
    assert_eq!(plan.looks.seeds().last(), Some(&24));
    assert_eq!(taken[0][1], plan.looks.count());
}

/// Trials are found by what they are: a claim that asks for one that no claim has run panics.
#[test]
fn plans_of_every_scale_name_trials_that_exist() {
    for budget in ["quick", "standard", "full"] {
        let line = format!("--seeds 2 --budget {budget} --data synthetic");
        for claim in 1..=5 {
            study(&line, claim, |trial| outcome(trial, 0.5));
        }
    }
}
