//! Machine, versions and settings, for the end of the report.

use std::{collections::BTreeMap, fs, time::Duration};

use chrono::Local;

use super::{Arguments, Plan, Practice, collect::Collected, progress::duration};
use crate::base::digits::significant;

/// Names and values, in the order they are shown.
pub(super) fn about(
    arguments: &Arguments,
    plan: &Plan,
    description: &BTreeMap<String, String>,
    elapsed: Duration,
    collected: &Collected,
) -> Vec<(String, String)> {
    let seeds: Vec<String> = plan.seeds.iter().map(u64::to_string).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let row = |name: &str, value: String| (name.to_string(), value);
    let mut rows = vec![
        row("made on", Local::now().format("%Y-%m-%d").to_string()),
        row("command", command()),
        row("burn-rectifiers", env!("CARGO_PKG_VERSION").into()),
        row(
            "operating system",
            format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        ),
        row("processor", format!("{}, {cores} cores", processor())),
        row("budget", arguments.budget.name().into()),
        row("activations", plan.activations.join(", ")),
        row("seeds", seeds.join(", ")),
        row("looks, after so many seeds", plan.looks.to_string()),
        row("network", plan.budget.net.words()),
        row(
            "optimizer",
            format!(
                "Adam, weight decay {}; SGD for {}, if it takes part",
                significant(plan.budget.weight_decay, 3),
                Practice::NAME,
            ),
        ),
        row("images per step", plan.budget.batch_size.to_string()),
        row("trainings", collected.trials.len().to_string()),
        row(
            "trainings at a time",
            match arguments.one_core_each() {
                true => format!("{}, each on one core", arguments.jobs()),
                false => arguments.jobs().to_string(),
            },
        ),
        row(
            "time of all trainings, added up",
            duration(collected.seconds),
        ),
        row("this call took", duration(elapsed.as_secs_f64())),
    ];
    rows.extend(
        description
            .iter()
            .map(|(name, value)| row(name, value.clone())),
    );
    rows
}

/// The command as it was typed, without where the program lies.
fn command() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    format!("`study {}`", arguments.join(" ")).replace(" `", "`")
}

/// The name of the processor, where the system tells.
fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let name = name
        .and_then(|line| line.split_once(':'))
        .map(|(_, name)| name.trim());
    name.unwrap_or("unknown").into()
}
