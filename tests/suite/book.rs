//! The book of the family in `docs` says what the curves say.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use burn::tensor::Device;
use burn_rectifiers::{ActivationConfig, curves};
use burn_rectifiers_study::explore::book;
use tempfile::tempdir;

/// The text and the pictures, by their place.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let pictures = fs::read_dir(folder.join("family")).into_iter().flatten();
    let pictures = pictures.map(|entry| Path::new("family").join(entry.unwrap().file_name()));
    let text = [PathBuf::from("family.md")];
    text.into_iter()
        .chain(pictures)
        .map(|name| {
            let text = fs::read_to_string(folder.join(&name)).unwrap_or_default();
            (name, text)
        })
        .collect()
}

#[test]
fn the_book_is_up_to_date() {
    let temp = tempdir().unwrap();
    book::write(temp.path()).unwrap();
    let (fresh, kept) = (
        files(temp.path()),
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")),
    );
    let names: Vec<_> = fresh.keys().chain(kept.keys()).collect();
    for name in names {
        // Not `assert_eq!`: nobody wants to see both files.
        assert!(
            fresh.get(name) == kept.get(name),
            "docs/{}: {}; `{}` writes the book anew",
            name.display(),
            match (fresh.get(name), kept.get(name)) {
                (_, None) => "missing",
                (None, _) => "of no activation, so delete it",
                _ => "out of date",
            },
            book::COMMAND
        );
    }
}

#[test]
fn pictures_are_small() {
    let temp = tempdir().unwrap();
    book::write(temp.path()).unwrap();
    for (name, text) in files(temp.path()) {
        let is_picture = name.extension().is_some_and(|end| end == "svg");
        assert!(
            !is_picture || text.len() < 13_000,
            "{}: {}",
            name.display(),
            text.len()
        );
    }
}

/// The book takes the names of modules from those of the curves.
#[test]
fn modules_have_the_names_in_the_book() {
    let temp = tempdir().unwrap();
    let text = fs::read_to_string(book::write(temp.path()).unwrap()).unwrap();
    for curve in curves::all() {
        let config = ActivationConfig::new(curve.name().into(), vec![1]);
        let activation = format!("{:?}", config.init(&Device::flex()));
        let module = activation.split(['(', ' ']).next().unwrap();
        let named = match curve.params() {
            [] => format!("\n`{module}`; gain"),
            _ => format!("\n`{module}`, `{module}Config`; gain"),
        };
        let heading = format!("\n### {}\n", curve.name());
        let (_, chapter) = text.split_once(&heading).expect("a chapter per curve");
        let chapter = chapter.split("\n##").next().unwrap();
        assert!(chapter.contains(&named), "{named} in {chapter}");
    }
}

#[test]
fn twice_the_same() {
    let temp = tempdir().unwrap();
    let [a, b] = ["a", "b"].map(|name| temp.path().join(name));
    book::write(&a).unwrap();
    book::write(&b).unwrap();
    assert_eq!(files(&a), files(&b));
    assert_eq!(files(&a).len(), curves::all().len() + 1);
}
