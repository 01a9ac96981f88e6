//! The command line of `explore`.

use std::path::PathBuf;

use burn_rectifiers::op::Kernel;
use clap::Args;

use super::{
    data_type::DataType,
    number::Number,
    points::{self, Points},
    question::{Question, values},
};
use crate::base::{backend::Backend, error::StudyError};

/// What `explore` can be asked for.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The activation; without a name, the whole family is listed
    #[arg(value_name = "NAME", value_parser = burn_rectifiers::curves::find)]
    activation: Option<&'static dyn Kernel>,

    /// Value of a parameter instead of its default; repeat it for others
    #[arg(
        long,
        value_name = "PARAM=VALUE",
        requires = "activation",
        value_delimiter = ',',
        value_parser = assignment
    )]
    set: Vec<(String, Number)>,

    /// Where to evaluate: numbers (also inf, -inf and nan) and ranges LOW..HIGH:STEP, separated by
    /// commas
    #[arg(
        long,
        value_name = "POINTS",
        requires = "activation",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    at: Vec<Points>,

    /// Print every digit as JSON instead of a table
    #[arg(long, requires = "activation")]
    json: bool,

    /// What computes: flex, ndarray, wgpu, vulkan, metal, cuda or rocm; for all but flex, add
    /// `--features NAME` to the cargo command
    #[arg(
        long,
        value_name = "NAME",
        default_value = "flex",
        requires = "activation"
    )]
    backend: Backend,

    /// Numbers to compute with: f64, f32, f16 or bf16
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "f32",
        requires = "activation"
    )]
    dtype: DataType,

    /// Draw the activation into this file, from the lowest to the highest point of --at [default:
    /// from -5 to 5, or farther if it bends there]
    #[arg(long, value_name = "FILE", requires = "activation")]
    svg: Option<PathBuf>,

    /// Draw the whole family into this folder, with a page index.html that shows it
    #[arg(long, value_name = "DIR", conflicts_with_all = OF_ONE)]
    gallery: Option<PathBuf>,

    /// Write the book of the family into this folder: family.md and its pictures; the repository's
    /// is in docs
    #[arg(long, value_name = "DIR", conflicts_with = "gallery", conflicts_with_all = OF_ONE)]
    book: Option<PathBuf>,
}

/// What is asked of one activation, and means nothing for the whole family.
const OF_ONE: [&str; 7] = ["activation", "set", "at", "json", "backend", "dtype", "svg"];

/// For the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  cargo run --example explore
  cargo run --example explore -- prelu
  cargo run --example explore -- learnable_elu --set alpha=1.5 --at=-2,-0.5,0,3,inf
  cargo run --example explore -- learnable_elu --at -4..4:0.5 --json
  cargo run --example explore -- elu --dtype f16
  cargo run --example explore --features wgpu -- elu --backend wgpu
  cargo run --example explore -- prelu --set alpha=-0.5 --svg prelu.svg
  cargo run --example explore -- --gallery gallery";

/// A command line that makes sense.
pub(super) enum Request {
    List,
    Gallery(PathBuf),
    Book(PathBuf),
    One(Question),
}

impl Arguments {
    pub(super) fn request(self) -> Result<Request, StudyError> {
        if let Some(folder) = self.gallery {
            return Ok(Request::Gallery(folder));
        }
        if let Some(folder) = self.book {
            return Ok(Request::Book(folder));
        }
        let Some(curve) = self.activation else {
            return Ok(Request::List);
        };
        let chosen = !self.at.is_empty();
        let count: usize = self.at.iter().map(Points::count).sum();
        if count > points::MOST {
            return Err(StudyError::Setting {
                setting: "at",
                value: format!("with {count} points"),
                expected: format!("at most {}", points::MOST),
            });
        }
        let xs: Vec<Number> = match chosen {
            true => self.at.into_iter().flat_map(Points::numbers).collect(),
            false => points::DEFAULT.map(Number::from).to_vec(),
        };
        Ok(Request::One(Question {
            params: values(curve, self.set)?,
            curve,
            xs,
            chosen,
            json: self.json,
            backend: self.backend,
            dtype: self.dtype,
            svg: self.svg,
        }))
    }
}

fn assignment(text: &str) -> Result<(String, Number), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("expected PARAM=VALUE, for example alpha=0.5")?;
    let value: Number = value.parse()?;
    match value.double.is_finite() {
        true => Ok((name.trim().into(), value)),
        false => Err("expected a finite number".into()),
    }
}
