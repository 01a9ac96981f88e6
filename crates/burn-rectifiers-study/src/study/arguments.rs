//! The command line of a study.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use clap::Parser;

use super::{Plan, Scale, claims};
use crate::base::error::{StudyError, wrong};
use crate::{
    base::{backend::Backend, cli},
    training::{data_set::DataSet, settings},
};

/// Put what is said about ReLU to the test, and write a report.
#[derive(Debug, Clone, Parser)]
#[command(name = "study", version, after_help = EXAMPLES)]
pub struct Arguments {
    /// Which claims, by number:
    /// 1 dying ReLU, 2 depth, 3 shifted outputs, 4 sparse inputs, 5 learnable beats fixed, 6 free
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "1,2,3,4,5,6",
        allow_hyphen_values = true,
        value_parser = cli::whole::<u8>
    )]
    pub claims: Vec<u8>,

    /// Which activations; ReLU always takes part [default: relu, leaky_relu, prelu, elu,
    /// learnable_elu, pelu, selu, srelu, sparse_relu, mpelu]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = settings::activation)]
    pub activations: Vec<String>,

    /// Trainings of each kind, each with other weights and another order of the images; the same
    /// seeds for every activation [default: 4, 5 or 10, as the budget is]
    #[arg(long, value_name = "N", value_parser = cli::whole::<usize>)]
    pub seeds: Option<usize>,

    /// Add seeds where comparisons are open, the most promising first, until they are decided. How often one looks is
    /// planned and paid for, so that no more verdicts are wrong: choose --max-seeds before the first run. It is so without this
    /// flag, too, unless --seeds is given
    #[arg(long)]
    pub until_decided: bool,

    /// Seeds at which an open comparison is given up [default: 12, 24 or 24, as the budget is]
    #[arg(long, value_name = "N", value_parser = cli::whole::<usize>)]
    pub max_seeds: Option<usize>,

    /// Add no seeds whose trainings would not be over after so many hours, counted from the start of this command [default:
    /// a third of an hour for quick, ten for standard, no limit for full]
    #[arg(long, value_name = "H", allow_hyphen_values = true, value_parser = cli::number)]
    pub hours: Option<f64>,

    /// How much it may cost: quick (20 minutes on two cores), standard (a night on two cores) or full
    /// (the networks of the papers, for a GPU)
    #[arg(long, value_name = "NAME", default_value = "quick")]
    pub budget: Scale,

    /// The images: synthetic, cifar10 or cifar100 [default: synthetic for quick, else cifar10]
    #[arg(long, value_name = "NAME")]
    pub data: Option<DataSet>,

    /// Folder of the CIFAR files [default: data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Fetch the CIFAR files into --data-dir if they are not there
    #[arg(long)]
    pub download: bool,

    /// Training images [default: all; 2000 for quick]
    #[arg(long, value_name = "N", value_parser = cli::whole::<usize>)]
    pub train_size: Option<usize>,

    /// Test images [default: all; 1000 for quick]
    #[arg(long, value_name = "N", value_parser = cli::whole::<usize>)]
    pub test_size: Option<usize>,

    /// What computes: flex, ndarray, wgpu, vulkan, metal, cuda or rocm; for all but flex, add
    /// `--features NAME` to the cargo command
    #[arg(long, value_name = "NAME", default_value = "flex")]
    pub backend: Backend,

    /// Trainings at a time [default: one per core on flex and ndarray, else 1]
    #[arg(long, value_name = "N", value_parser = cli::whole::<usize>)]
    pub jobs: Option<usize>,

    /// Folder of the study [default: studies/BUDGET-DATA]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Say what is compared, which differences matter, and how many trainings there are, and run none
    #[arg(long)]
    pub dry_run: bool,

    /// Go on with the study in --out: what is finished there is not run again. More seeds, claims
    /// and activations may be asked for than before
    #[arg(long)]
    pub resume: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --example study
  cargo run --example study -- --claims 1,5 --activations prelu,swish --seeds 6
  cargo run --example study -- --budget standard --data synthetic --dry-run
  cargo run --example study -- --budget standard --download
  cargo run --example study -- --budget standard --data-dir path/to/cifar-10-batches-bin
  cargo run --example study -- --budget standard --resume
  cargo run --example study -- --budget standard --max-seeds 40 --hours 3
  cargo run --features cuda --example study -- --budget full --backend cuda --download

Every training is stored as it finishes. Ctrl-C, a crash or a power cut lose those that are
running; the same command with --resume goes on with the others.";

impl Arguments {
    /// The command line, if its values make sense.
    ///
    /// # Errors
    ///
    /// For claims that there are not, and for counts that are zero or absurdly large.
    pub fn checked(mut self) -> Result<Self, StudyError> {
        self.claims = self
            .claims
            .into_iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let all = claims::all().len() as u8;
        if let Some(claim) = self.claims.iter().find(|claim| !(1..=all).contains(claim)) {
            return Err(wrong("claims", claim, &format!("numbers from 1 to {all}")));
        }
        let counts = [
            ("seeds", self.seeds, 2, 1_000),
            ("max-seeds", self.max_seeds, 2, 1_000),
            ("train-size", self.train_size, 100, 10_000_000),
            ("test-size", self.test_size, 10, 10_000_000),
            ("jobs", self.jobs, 1, 1_024),
        ];
        for (setting, count, least, most) in counts {
            match count {
                Some(count) if count < least => {
                    return Err(wrong(setting, count, &format!("at least {least}")));
                }
                Some(count) if count > most => {
                    return Err(wrong(setting, count, &format!("at most {most}")));
                }
                _ => {}
            }
        }
        let [first, most] = self.seeds();
        if most < first {
            return Err(wrong(
                "max-seeds",
                most,
                &format!("at least {first}, the first seeds"),
            ));
        }
        match self.hours {
            Some(hours) if !(hours > 0.0 && hours <= 10_000.0) => {
                Err(wrong("hours", hours, "above 0, and at most 10000"))
            }
            _ => Ok(self),
        }
    }

    /// Seeds that every activation gets, and the most that a comparison gets.
    fn seeds(&self) -> [usize; 2] {
        let budget = self.budget.budget();
        let first = self.seeds.unwrap_or(budget.seeds);
        let goes_on = self.seeds.is_none() || self.until_decided || self.hours.is_some();
        let most = match self.max_seeds {
            Some(most) => most,
            None if goes_on => first.max(budget.most_seeds),
            None => first,
        };
        [first, most]
    }

    /// After how long no seeds are added.
    pub(super) fn time(&self) -> Option<Duration> {
        match (self.hours, self.budget.budget().minutes) {
            (Some(hours), _) => Some(Duration::from_secs_f64(3600.0 * hours)),
            (None, Some(minutes)) => Some(Duration::from_mins(minutes)),
            (None, None) => None,
        }
    }

    /// The images that this study uses.
    pub fn data_set(&self) -> DataSet {
        self.data.unwrap_or(self.budget.budget().data)
    }

    /// What the study consists of, on so many training images of so many classes.
    pub fn plan(&self, images: usize, classes: usize) -> Plan {
        let budget = self.budget.budget();
        Plan::new(budget, &self.activations, self.seeds(), images, classes)
    }

    /// Where the study is kept.
    pub fn folder(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| {
            let name = format!("{}-{}", self.budget.name(), self.data_set().name());
            PathBuf::from("studies").join(name)
        })
    }

    /// How many trainings at a time.
    pub fn jobs(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // Networks with dropout draw from the backend's one generator.
        let alone = !self.one_core_each() || self.budget.budget().net.is_random();
        self.jobs.unwrap_or(if alone { 1 } else { cores })
    }

    /// Whether each training keeps to one core; see [`Runner`](super::Runner).
    pub fn one_core_each(&self) -> bool {
        matches!(self.backend, Backend::Flex | Backend::Ndarray)
    }
}
