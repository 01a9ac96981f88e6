//! A study from its command line to its report.

use std::{collections::BTreeMap, hash::Hasher, time::Instant};

use burn::{tensor::Device, train::Interrupter};
use burn_rectifiers_data::Split;

use super::claims::{self, Question};
use super::collect::collect;
use super::plan::Registered;
use super::progress::duration;
use super::results::{self, Judged};
use super::until_decided::{self, Pace};
use super::{
    Arguments, Case, Costs, Plan, Runner, Store, Trial, about, document, preview, store, trial,
};
use crate::{
    base::error::StudyError,
    complain,
    report::Document,
    say,
    training::{settings::Settings, train},
};

/// Runs what is missing, and writes the report.
///
/// # Errors
///
/// If the arguments make no sense, if data or device are not there, if it is interrupted, or if a
/// file cannot be written.
pub fn run(arguments: Arguments) -> Result<(), StudyError> {
    let arguments = arguments.checked()?;
    let device = arguments.backend.device()?;
    let data = images(&arguments)?;
    let plan = arguments.plan(data.train.len(), data.train.classes().len());
    let mut questions = claims::all();
    questions.retain(|question| arguments.claims.contains(&question.number()));
    if arguments.dry_run {
        say!("{}", preview::text(&plan, &questions));
        return Ok(());
    }
    let description = description(&arguments, &data);
    let folder = arguments.folder();
    let store = Store::open(&folder, &description, arguments.resume)?;
    if arguments.resume && store.count()? == 0 {
        complain!(
            "{}: nothing to resume; a new study begins",
            folder.display()
        );
    }
    let earlier = earlier_plans(&plan, &store)?;
    let interrupter = Interrupter::new();
    let _guard = train::on_ctrl_c(interrupter.clone());
    let runner = Runner {
        store: &store,
        data: &data,
        device: &device,
        jobs: arguments.jobs(),
        one_core_each: arguments.one_core_each(),
        interrupter,
    };
    let start = Instant::now();
    let end = arguments.time().map(|time| start + time);
    let collected = collect(&plan, &questions, &runner, end)?;
    let costs = match arguments.claims.contains(&claims::COST) {
        true => Some(costs(&plan, &store, &device)?),
        false => None,
    };
    let case = Case {
        plan: &plan,
        seeds: &plan.seeds,
        rates: &collected.rates,
        evidence: &collected.evidence,
        costs: costs.as_ref(),
    };
    let about = about::about(&arguments, &plan, &description, start.elapsed(), &collected);
    let pace = Pace::of(&collected.evidence, data.test.len(), runner.jobs);
    let judged: Vec<Judged> = questions
        .iter()
        .zip(&collected.taken)
        .map(|(question, taken)| judged(question.as_ref(), &case, taken, &pace))
        .collect();
    let sections = questions.iter().zip(&judged);
    let sections =
        sections.map(|(question, judged)| question.blocks(&case, judged.findings.clone()));
    let document = document::document(
        &arguments,
        (&case, &earlier),
        &judged,
        sections.collect(),
        &about,
    );
    write(&case, &judged, &collected.trials, &document, &store)
}

/// What was registered for this study before, if it is something else than now.
fn earlier_plans(plan: &Plan, store: &Store) -> Result<Vec<Registered>, StudyError> {
    let file = store.file("plans.json");
    let mut plans: Vec<Registered> = store.read(&file)?.unwrap_or_default();
    let now = plan.registered();
    if plans.last() != Some(&now) {
        plans.push(now.clone());
        store.write("plans.json", &store::json(&plans))?;
    }
    plans.retain(|plan| *plan != now);
    Ok(plans)
}

/// The verdicts on a claim, and how long it would take to decide what is open.
fn judged(question: &dyn Question, case: &Case, taken: &[usize], pace: &Pace) -> Judged<'static> {
    let hypotheses = question.hypotheses(case);
    let mut findings = claims::judged(question, case, taken);
    for (finding, hypothesis) in findings.iter_mut().zip(&hypotheses) {
        let seconds = until_decided::seconds_needed(hypothesis, finding, case, pace);
        let note = |seconds| {
            format!(
                "the further trainings would take {} here",
                duration(seconds)
            )
        };
        finding.note = seconds.map(note);
    }
    Judged {
        number: question.number(),
        title: question.title(),
        claim: question.claim(),
        outcome: claims::outcome(&findings),
        sentence: claims::sentence(&hypotheses, &findings),
        findings,
    }
}

/// What steps cost: measured now, unless this study has measured it before.
fn costs(plan: &Plan, store: &Store, device: &Device) -> Result<Costs, StudyError> {
    let file = store.file("costs.json");
    match store.read::<Costs>(&file)?.filter(|costs| costs.fit(plan)) {
        Some(costs) => Ok(costs),
        None => {
            let costs = Costs::measure(plan, device);
            store.write("costs.json", &store::json(&costs))?;
            Ok(costs)
        }
    }
}

/// Writes report and results, and says where they are.
fn write(
    case: &Case,
    judged: &[Judged],
    trials: &[Trial],
    document: &Document,
    store: &Store,
) -> Result<(), StudyError> {
    store.write(
        "results.json",
        &results::as_json(judged, trials, case.evidence),
    )?;
    store.write("results.csv", &results::as_csv(trials, case.evidence))?;
    store.write("report.md", &document.markdown())?;
    store.write("report.html", &document.html()?)?;
    for judged in judged {
        say!(
            "\n{}. {}: {}",
            judged.number,
            judged.title,
            judged.outcome.word()
        );
        say!("   {}", judged.sentence);
        for finding in &judged.findings {
            say!("   {finding}");
        }
    }
    say!("\nReport and results in {}", store.folder().display());
    for name in ["report.html", "report.md", "results.csv", "results.json"] {
        say!("  {}", store.file(name).display());
    }
    Ok(())
}

fn images(arguments: &Arguments) -> Result<Split, StudyError> {
    let sizes = arguments.budget.budget().sizes;
    let data = arguments.data_set();
    // Sizes of the budget are for its own images.
    let sizes = sizes.filter(|_| data == arguments.budget.budget().data);
    let size = |asked: Option<usize>, index: usize| asked.or(sizes.map(|sizes| sizes[index]));
    let settings = Settings {
        data,
        data_dir: arguments.data_dir.clone(),
        train_size: size(arguments.train_size, 0),
        test_size: size(arguments.test_size, 1),
        ..Settings::default()
    };
    settings.images(arguments.download)
}

/// What all trials of a study have in common, in words.
fn description(arguments: &Arguments, data: &Split) -> BTreeMap<String, String> {
    let mut hash = trial::Fnv(0xcbf2_9ce4_8422_2325);
    for images in [&data.train, &data.test] {
        hash.write(images.bytes());
        hash.write(images.labels());
    }
    let text = |images: &burn_rectifiers_data::Images| images.len().to_string();
    [
        ("images", arguments.data_set().name().to_string()),
        ("training images", text(&data.train)),
        ("test images", text(&data.test)),
        ("version of the images", format!("{:016x}", hash.finish())),
        ("backend", arguments.backend.name().to_string()),
    ]
    .map(|(name, value)| (name.to_string(), value))
    .into()
}
