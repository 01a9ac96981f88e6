//! A report as an experiment would write it, with numbers made up.

use super::{
    Axis, Block, ClaimVerdict, Document, Figure, Findings, Interval, Intervals, Judged, Line,
    Marks, Outcome, Panel, Point, Scale, Section, Table,
};

const NAMES: [&str; 10] = [
    "relu",
    "leaky_relu",
    "prelu",
    "elu",
    "learnable_elu",
    "pelu",
    "selu",
    "srelu",
    "sparse_relu",
    "mpelu",
];

/// Numbers that look like chance and are the same every time.
fn noise(seed: usize) -> f64 {
    let mixed = (seed as u64)
        .wrapping_add(1)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed >> 40) as f64 / (1u64 << 24) as f64) - 0.5
}

pub(super) fn axis(label: &str, scale: Scale) -> Axis {
    Axis {
        label: label.into(),
        scale,
        ticks: vec![],
    }
}

pub(super) fn document() -> Document {
    let claims = [
        (
            "Dying ReLU",
            "Units of ReLU die during training, those of leaky and learnable rectifiers do not.",
            Outcome::Confirmed,
            "After 20 epochs **31 %** of ReLU's units are dead, **0 %** of `prelu`'s, \
             `leaky_relu`'s and `elu`'s.",
        ),
        (
            "Faster convergence",
            "Networks with ELU reach a given loss in fewer steps than networks with ReLU.",
            Outcome::Mixed,
            "ELU needs **18 % fewer steps** on CIFAR-10 [11, 25], and no fewer on the shapes.",
        ),
        (
            "Mean activations near zero",
            "ELU pushes mean activations towards zero, ReLU does not.",
            Outcome::Refuted,
            "With batch normalization, the means differ by 0.02 [0.01, 0.03], less than claimed.",
        ),
        (
            "Better accuracy",
            "Learned parameters improve the accuracy of the network by a point or more.",
            Outcome::Undecided,
            "+0.6 points [−0.4, 1.6]: about **40 seeds** would decide.",
        ),
        (
            "Noise robustness",
            "Saturating activations are more robust against noise in their inputs.",
            Outcome::NotMeasured,
            "No experiment has been made yet.",
        ),
    ];
    let verdicts = (1..)
        .zip(claims)
        .map(|(number, (title, claim, outcome, words))| ClaimVerdict {
            number,
            title: title.into(),
            claim: claim.into(),
            outcome,
            words: words.into(),
            comparisons: match number {
                1 => vec!["**Confirmed:** `prelu` has fewer dead units than `relu`".into()],
                _ => vec![],
            },
        });
    Document {
        title: "Do learnable activations keep what their papers promise?".into(),
        lead: vec![
            "Ten activation functions, three data sets, five seeds: every claim below was put to \
             the test with the **same network**, the same initial weights and the same order of \
             the data for all activations of a seed."
                .into(),
            "The numbers are made up: `sample.rs` exists to look at pages & their <styles>.".into(),
        ],
        verdicts: verdicts.collect(),
        sections: vec![dying(), convergence(), means(), accuracy()],
        appendix: vec![settings()],
    }
}

fn dying() -> Section {
    let curve = |from: f64, to: f64, rate: f64, salt: usize| {
        let points = (0..=20).map(|epoch| {
            let x = f64::from(epoch);
            let y = to + (from - to) * (-x * rate).exp() + 1.2 * noise(salt + epoch as usize);
            let half = 1.5 + 0.1 * x;
            Point {
                x,
                y: y.max(0.0),
                low: (y - half).max(0.0),
                high: y.max(0.0) + half,
            }
        });
        points.collect::<Vec<_>>()
    };
    let panel = |title: &str, salt: usize| {
        let lines = NAMES.iter().enumerate().map(|(index, name)| Line {
            name: name.to_string(),
            points: match *name {
                "relu" => curve(2.0, 31.0, 0.2, salt),
                "sparse_relu" => curve(4.0, 22.0, 0.3, salt + 40),
                "srelu" => curve(1.0, 8.0, 0.1, salt + 80),
                _ => curve(0.0, 0.3 * index as f64, 0.3, salt + 100 * index),
            },
        });
        Panel {
            title: title.into(),
            x: axis("epochs trained", Scale::Linear),
            y: axis("dead units (%)", Scale::Linear),
            marks: Marks::Lines(lines.collect()),
        }
    };
    Section {
        id: "claim-1".into(),
        title: "Dying ReLU".into(),
        outcome: Some(Outcome::Confirmed),
        blocks: vec![
            Block::Text(
                "A unit is *dead* if it is zero for all 10 000 test images, and counts as alive \
                 otherwise. Units were counted after each epoch with the observers of \
                 `burn_rectifiers::observe`."
                    .into(),
            ),
            Block::Figure(Figure {
                title: "Share of dead units by learning rate".into(),
                caption: "Means over five seeds; bands reach one standard deviation to both \
                          sides. At `lr = 0.1` **every** rectifier without a negative slope \
                          loses units."
                    .into(),
                panels: vec![
                    panel("lr = 0.001", 7),
                    panel("lr = 0.01", 1_234),
                    panel("lr = 0.1, without batch normalization", 99),
                ],
            }),
            Block::Heading("What was compared".into()),
            Block::Findings(findings()),
            Block::List(vec![
                "Dead units were counted on **test** images.".into(),
                "A unit that is dead in one epoch may come back: `relu` lost 31 % and regained \
                 2 %."
                    .into(),
            ]),
        ],
    }
}

fn findings() -> Findings {
    let row = |name: &str, claim: &str, outcome, numbers: [&str; 4], remark: Option<&str>| Judged {
        claim: claim.into(),
        compared: format!("{name} − relu"),
        outcome,
        numbers: numbers.map(String::from).to_vec(),
        remarks: remark
            .map(|remark| format!("{name} − relu: {remark}."))
            .into_iter()
            .collect(),
    };
    let open = Some("about 12 seeds would decide with a probability of 80 %");
    Findings {
        explanation: "Differences by seed. The intervals hold all together (Bonferroni) and the p-values are corrected \
                      (Holm) for 5 comparisons."
            .into(),
        columns: ["difference", "95 % interval", "p", "seeds"].map(String::from).to_vec(),
        rows: vec![
            row(
                "prelu",
                "PReLU has fewer dead units than ReLU",
                Outcome::Confirmed,
                ["-30.8 points", "[-37.1, -24.4]", "0.0003", "5"],
                None,
            ),
            row(
                "sparse_relu",
                "Sparse ReLU has fewer dead units than ReLU",
                Outcome::Undecided,
                ["-1 points", "[-14, 12]", "0.7", "5"],
                open,
            ),
            row(
                "srelu",
                "SReLU has fewer dead units than ReLU, at `lr = 0.1`",
                Outcome::Refuted,
                ["5.1 points", "[0.3, 9.9]", "< 0.0001", "5"],
                None,
            ),
        ],
    }
}

fn convergence() -> Section {
    let loss = |name: &str, index: usize| {
        let speed = 0.9 + 0.05 * index as f64;
        let points = (0..=400).map(|step| {
            let x = 5.0 * f64::from(step) + 1.0;
            let y = 2.3
                * (x / 20.0 + 1.0).powf(-0.4 * speed)
                * (1.0 + 0.03 * noise(index * 997 + step as usize));
            // Two runs of sparse_relu diverge.
            let y = if name == "sparse_relu" && step > 300 {
                f64::NAN
            } else {
                y
            };
            Point {
                x,
                y,
                low: y,
                high: y,
            }
        });
        Line {
            name: name.into(),
            points: points.collect(),
        }
    };
    let losses = NAMES
        .iter()
        .enumerate()
        .map(|(index, name)| loss(name, index));
    let steps = NAMES.iter().enumerate().map(|(index, name)| {
        let mean = 4_000.0 * (1.0 - 0.03 * index as f64);
        let depth = |depth: i32| {
            let y =
                mean * (1.0 + 0.2 * f64::from(depth) + 0.1 * noise(index * 31 + depth as usize));
            Point {
                x: f64::from(1 << depth),
                y,
                low: 0.9 * y,
                high: 1.1 * y,
            }
        };
        Line {
            name: name.to_string(),
            points: (1..=6).map(depth).collect(),
        }
    });
    let depths = Axis {
        label: "layers of the network, each with batch normalization and 64 channels".into(),
        scale: Scale::Log,
        ticks: (1..=6)
            .map(|depth| (f64::from(1 << depth), (1 << depth).to_string()))
            .collect(),
    };
    Section {
        id: "convergence".into(),
        title: "Faster convergence".into(),
        outcome: Some(Outcome::Mixed),
        blocks: vec![
            Block::Text(
                "The loss of every step, and how many of them it takes to reach a loss of 0.5."
                    .into(),
            ),
            Block::Figure(Figure {
                title: "Convergence".into(),
                caption: "Left: the training loss of the first seed, on logarithmic axes. Right: \
                          steps to a loss of 0.5."
                    .into(),
                panels: vec![
                    Panel {
                        title: "Loss by step".into(),
                        x: axis("step", Scale::Log),
                        y: axis("cross-entropy loss", Scale::Log),
                        marks: Marks::Lines(losses.collect()),
                    },
                    Panel {
                        title: "Steps by depth".into(),
                        x: depths,
                        y: axis(
                            "steps until the loss is 0.5 for the first time",
                            Scale::Linear,
                        ),
                        marks: Marks::Lines(steps.collect()),
                    },
                ],
            }),
        ],
    }
}

fn forest(title: &str, salt: usize) -> Panel {
    let rows = NAMES.iter().enumerate().skip(1).map(|(index, name)| {
        let mean = 0.35 * index as f64 - 1.2 + noise(salt + index);
        let seeds: Vec<f64> = (0..5)
            .map(|seed| mean + 1.4 * noise(salt + 77 * index + seed))
            .collect();
        let half = 0.5 + 0.4 * (noise(salt * 3 + index) + 0.5);
        let (low, high) = match *name {
            "mpelu" => (f64::NEG_INFINITY, f64::INFINITY),
            _ => (mean - half, mean + half),
        };
        let outcome = match (low > 0.0, high < 0.0) {
            (true, _) => Outcome::Confirmed,
            (_, true) => Outcome::Refuted,
            _ => Outcome::Undecided,
        };
        Interval {
            name: name.to_string(),
            mean,
            low,
            high,
            seeds,
            margin: Some([-1.0, 1.0]),
            outcome: Some(outcome),
        }
    });
    Panel {
        title: title.into(),
        x: axis(
            "accuracy on test images minus that of relu (points)",
            Scale::Linear,
        ),
        y: axis("", Scale::Linear),
        marks: Marks::Intervals(Intervals {
            rows: rows.collect(),
            reference: Some(0.0),
        }),
    }
}

fn means() -> Section {
    let lines = ["first layer", "last layer"].map(|name| Line {
        name: name.into(),
        points: (0..5)
            .map(|epoch| {
                let y = noise(epoch + name.len()) * 0.1;
                Point {
                    x: epoch as f64,
                    y,
                    low: y,
                    high: y,
                }
            })
            .collect(),
    });
    Section {
        id: "means".into(),
        title: "Mean activations near zero".into(),
        outcome: Some(Outcome::Refuted),
        blocks: vec![Block::Figure(Figure {
            title: "Mean activation of ELU".into(),
            caption: "One panel, two lines that are no activations.".into(),
            panels: vec![Panel {
                title: String::new(),
                x: axis("epochs trained", Scale::Linear),
                y: axis("mean activation", Scale::Linear),
                marks: Marks::Lines(lines.to_vec()),
            }],
        })],
    }
}

fn accuracy() -> Section {
    let header = [
        "activation",
        "CIFAR-10 (%)",
        "CIFAR-100 (%)",
        "shapes (%)",
        "time per epoch (s)",
        "remark",
    ];
    let rows = NAMES.iter().enumerate().map(|(index, name)| {
        let accuracy = |base: f64, salt: usize| {
            format!(
                "{:.2} ± {:.2}",
                base + 2.0 * noise(salt + index),
                0.3 + 0.2 * noise(salt + index + 5).abs()
            )
        };
        let remark = if *name == "sparse_relu" {
            "two seeds diverged"
        } else {
            ""
        };
        vec![
            format!("`{name}`"),
            accuracy(71.0, 2),
            accuracy(41.0, 90),
            accuracy(97.0, 170),
            format!("{:.1}", 12.0 + 3.0 * noise(index)),
            remark.into(),
        ]
    });
    Section {
        id: "accuracy".into(),
        title: "Better accuracy".into(),
        outcome: Some(Outcome::Undecided),
        blocks: vec![
            Block::Figure(Figure {
                title: "Differences of accuracy".into(),
                caption: "Each activation against `relu`, with intervals that hold all together."
                    .into(),
                panels: vec![
                    forest("CIFAR-10", 5),
                    forest("CIFAR-100", 500),
                    forest("shapes", 5_000),
                    forest("shapes, rotated", 50_000),
                ],
            }),
            Block::Table(Table {
                caption: "Accuracy on test images, mean ± standard deviation of five seeds.".into(),
                header: header.map(String::from).to_vec(),
                rows: rows.collect(),
            }),
        ],
    }
}

fn settings() -> Section {
    let rows = [
        ["optimizer", "Adam"],
        ["learning rate", "0.001"],
        ["batch size", "128"],
    ];
    Section {
        id: "settings".into(),
        title: "Settings".into(),
        outcome: None,
        blocks: vec![
            Block::Text("Everything a run depends on.".into()),
            Block::Heading("Training".into()),
            Block::Table(Table {
                caption: "Settings of all runs.".into(),
                header: vec!["setting".into(), "value".into()],
                rows: rows.map(|row| row.map(String::from).to_vec()).to_vec(),
            }),
        ],
    }
}
