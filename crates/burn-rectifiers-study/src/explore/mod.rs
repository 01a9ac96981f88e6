//! An activation as a person wants to see it: figures, pictures, pages.
//!
//! The figures are those of a backend, computed by the fused kernels and by autodiff. Pictures are
//! drawn from the formulas in double precision, so that they are the same everywhere.

mod arguments;
pub mod book;
mod data_type;
mod evaluation;
mod figure;
mod gallery;
mod json;
mod list;
mod number;
mod pages;
mod pictures;
mod points;
mod question;
mod shape;
mod source;
mod table;

pub use arguments::{Arguments, EXAMPLES};

use burn_rectifiers::curves;

use crate::{
    base::{error::StudyError, files},
    say,
};
use arguments::Request;
use pages::drawn;
use pictures::Graph;

/// Does what the command line asks for, and prints what came of it.
///
/// # Errors
///
/// If something asked for does not exist or makes no sense, or a file cannot be written.
pub fn run(arguments: Arguments) -> Result<(), StudyError> {
    say!("{}", answer(arguments)?);
    Ok(())
}

/// Does what the command line asks for: what there is to print.
///
/// # Errors
///
/// If something asked for does not exist or makes no sense, or a file cannot be written.
pub fn answer(arguments: Arguments) -> Result<String, StudyError> {
    Ok(match arguments.request()? {
        Request::List => list::render(curves::all()).trim_end().into(),
        Request::Gallery(folder) => gallery::write(&folder)?.display().to_string(),
        Request::Book(folder) => book::write(&folder)?.display().to_string(),
        Request::One(question) => {
            let answer = evaluation::evaluate(&question)?;
            if let Some(path) = &question.svg {
                let params: Vec<f64> = question.params.iter().map(|p| p.double).collect();
                let graph = Graph {
                    curve: question.curve,
                    params: &params,
                    interval: question.interval(&params)?,
                };
                files::replace(path, &drawn(path, graph.large())?)?;
            }
            match question.json {
                true => json::render(&answer),
                false => table::render(&question, &answer).trim_end().into(),
            }
        }
    })
}
