//! The statistics of a study that puts claims about activation functions to the test.
//!
//! An experiment gives one number per activation and seed: an accuracy, the steps to a given loss,
//! the share of dead units. The same seeds are used for all activations. Since a seed fixes initial
//! weights and the order of the data, runs with the same seed have much in common, which cancels in
//! their difference: all tests here are of differences by seed.
//!
//! ```
//! use burn_rectifiers_study::statistics::{Claim, Paired, Sample, judge};
//!
//! let prelu = Sample::new("prelu", [(1, 71.9), (2, 72.4), (3, 71.2), (4, 73.1), (5, 72.0)]);
//! let relu = Sample::new("relu", [(1, 70.1), (2, 70.9), (3, 69.9), (4, 71.2), (5, 70.2)]);
//! let claim = Claim::greater("PReLU classifies better than ReLU").unit("points");
//! let findings = judge([(claim, Paired::new(&prelu, &relu)?)]);
//! assert_eq!(
//!     findings[0].to_string(),
//!     "confirmed: prelu − relu = +1.66 points, 95 % interval [1.35, 1.97], p = 0.00012, 5 seeds"
//! );
//! # Ok::<(), burn_rectifiers_study::statistics::Unpaired>(())
//! ```
//!
//! # Which interval
//!
//! [`Paired::interval`], Student's t, is the one to use. It assumes that differences are about
//! normal, and pays for every seed that is missing: with 3 seeds it is 4.3 standard errors to
//! either side, where many would give 2. A bootstrap assumes nothing of the kind, but learns the
//! shape of the distribution from the data, and 3 numbers have no shape: its intervals cannot leave
//! the range of the 3 differences, which covers the median in 75 % of all experiments, whatever level
//! is asked for.
//!
//! Shares of units that are dead are often all 0 or all 1. Those are judged by their ranks ([`Claim::of_shares`]), which
//! asks for no shape, but for eight seeds or so.
//!
//! # Equal is an answer
//!
//! A claim may state the smallest difference that matters ([`Claim::matters`]). If the interval lies within it, the verdict is
//! "equal": not that no difference was found, but that there is none to care about.
//!
//! # Looking before the end
//!
//! Seeds may be added until claims are decided, if the looks are planned: [`judge_looks`] spends the probability of an error
//! over them ([`Looks`]), so that verdicts are wrong no more often than after one look.
//!
//! # Runs that fail
//!
//! A training that diverges is data, and leaving it out favours the activation that diverges.
//! [`Paired::new`] therefore refuses samples with runs that are missing or not finite, and says
//! which. The caller decides: [`Sample::failures_as`] counts them as the worst value (chance level,
//! the largest number of steps), [`Paired::complete`] leaves the seed out. Either way each such run
//! is named in the [`Finding`].
//!
//! # Many comparisons
//!
//! Of 20 claims without substance, one passes a test at 5 %. [`judge`] takes a family
//! of claims at once, all that were looked at to answer one question. (The study has six questions, and
//! judges each by itself: its answer is the same whether or not the others are asked.) The p-values are corrected by [Holm's][holm] procedure, the intervals by Bonferroni's:
//! intervals that belong to Holm's test exist, but say nothing more than "not zero" for most claims
//! (Strassburger & Bretz 2008, doi:10.1002/sim.3338). Bonferroni's are a little wider than the test
//! needs, and hold all together. Verdicts follow the intervals.

mod beta;
mod claim;
mod comparisons;
mod finding;
mod interval;
mod looks;
mod normal;
mod paired;
mod power;
mod ranks;
mod sample;
mod spread;
mod student;
mod trend;
mod verdict;

#[cfg(test)]
mod simulations;

pub use claim::{Claim, Expected};
pub use comparisons::{bonferroni, holm};
pub use finding::{Finding, judge, judge_at, judge_looks};
pub use interval::{Interval, Method};
pub use looks::Looks;
pub use paired::{Paired, Unpaired};
pub use power::{MAX_SEEDS, POWER, power, seeds_needed};
pub use sample::{Flaw, Sample, What};
pub use spread::Spread;
pub use student::StudentT;
pub use trend::{first_failure, slopes};
pub use verdict::Verdict;
