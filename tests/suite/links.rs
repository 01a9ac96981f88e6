//! Links in the documents lead to files that are there.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The Markdown files of a folder.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of this repository");
    let files = entries.map(|entry| entry.expect("a file of that folder").path());
    files
        .filter(|file| file.extension().is_some_and(|end| end == "md"))
        .collect()
}

/// Where the links of a text lead: whatever stands between `](` and `)`, outside code.
fn targets(text: &str) -> Vec<String> {
    let blocks = text.split("```").step_by(2);
    let prose = blocks.flat_map(|block| block.split('`').step_by(2).chain(["\n"]));
    let prose: String = prose.collect();
    let links = prose.split("](").skip(1);
    links
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_string()))
        .collect()
}

#[test]
fn links_lead_to_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders =
        ["", "docs", "docs/notes", "benches/results"].map(|folder| documents(&root.join(folder)));
    let documents = folders.concat();
    assert!(documents.contains(&root.join("README.md")));
    let mut count = 0;
    for document in documents {
        let text = fs::read_to_string(&document).expect("text");
        for target in targets(&text) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            count += 1;
            let there = document.parent().expect("a folder").join(file);
            assert!(there.exists(), "{}: no {file}", document.display());
        }
    }
    assert!(count > 0, "this test looks for what is not there");
}
