//! Folders of runs, of which any file may have changed.

use std::{
    collections::{BTreeMap, VecDeque},
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use burn_rectifiers_data::Split;
use burn_rectifiers_study::{
    Backend, Begin, Net, Parts, RunFolder, Settings, StudyError, Summary,
    files::checksum_of,
    probe::{Probe, probe},
    train,
    training::page,
};
use proptest::{collection::vec, prelude::*, sample::Index};

use super::{
    bytes::{Bytes, Change, changed, changes, damaged},
    folder, fuzz, in_proportion, next, say, told,
};

/// Files by their paths in a folder.
type Files = BTreeMap<PathBuf, Vec<u8>>;

struct Run {
    settings: Settings,
    data: Split,
    files: Files,
    probe: Probe,
    model: Net,
    parts: Parts,
    summary: Summary,
}

/// What a run of three epochs leaves: the program trains it.
fn run() -> Run {
    let settings = Settings {
        activation: "prelu".into(),
        backend: Backend::Flex,
        train_size: Some(12),
        test_size: Some(6),
        epochs: 3,
        batch_size: 4,
        width: Some(1),
        ..Settings::default()
    };
    let settings = settings.checked().unwrap();
    let data = settings.images(false).unwrap();
    let temp = folder();
    let path = temp.path().join("run");
    let folder = RunFolder::open(path.clone(), &settings, &data, Begin::New).unwrap();
    let folder = Arc::new(folder);
    let device = settings.backend.device().unwrap();
    let parts = settings.parts(&data).unwrap();
    let (model, _) = train::train(&folder, &parts, std::slice::from_ref(&device), false).unwrap();
    let epochs = folder.epochs().unwrap();
    let probe = probe(&model, &parts, &settings);
    drop(folder);
    let mut files = Files::new();
    collect(&path, Path::new(""), &mut files);
    Run {
        summary: Summary::new(&settings, &parts, (&model, 3), &epochs, &probe),
        probe,
        model,
        parts,
        settings,
        data,
        files,
    }
}

/// The SVG documents in a page, or the page that is one.
fn drawings(page: &str) -> impl Iterator<Item = &str> {
    let parts = page.split("<svg ").skip(1);
    parts.map(|part| {
        let end = part.find("</svg>").expect("a drawing ends");
        let start = part.as_ptr() as usize - page.as_ptr() as usize - "<svg ".len();
        &page[start..start + "<svg ".len() + end + "</svg>".len()]
    })
}

fn collect(root: &Path, inner: &Path, files: &mut Files) {
    for entry in fs::read_dir(root.join(inner)).unwrap() {
        let entry = entry.unwrap();
        let path = inner.join(entry.file_name());
        match entry.path().is_dir() {
            true => collect(root, &path, files),
            false => drop(files.insert(path, fs::read(entry.path()).unwrap())),
        }
    }
}

fn write(root: &Path, files: &Files) {
    for (path, bytes) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// What happens to a run's folder.
#[derive(Debug, Clone)]
struct Damage {
    /// Of files, by their place in the list.
    files: Vec<(Index, Vec<Change>)>,
    /// Checkpoints have the checksums of what is there now.
    is_forged: bool,
    /// A checkpoint has another name, if its file system takes that.
    name: Option<(Index, &'static str)>,
}

const FOLDERS: &[&str] = &[
    "epoch-03",
    "epoch-+3",
    "epoch-0",
    "epoch-4",
    "epoch-18446744073709551615",
    "epoch-99999999999999999999",
    "epoch-",
    "epoch--1",
    "epoch-3 ",
    "epoch-\u{1b}[2J",
    "unfinished-3",
    "damaged-epoch-3",
    "Epoch-3",
];

fn damage() -> impl Strategy<Value = Damage> {
    let files = vec((any::<Index>(), changes()), 0..3);
    let name = (any::<Index>(), prop::sample::select(FOLDERS));
    let name = prop_oneof![3 => Just(None), 1 => name.prop_map(Some)];
    (files, any::<bool>(), name).prop_map(|(files, is_forged, name)| Damage {
        files,
        is_forged,
        name,
    })
}

impl Damage {
    fn apply(&self, run: &Run) -> Files {
        let mut files = run.files.clone();
        for (index, changes) in &self.files {
            let place = files.values_mut().nth(index.index(run.files.len()));
            let bytes = place.expect("there are so many");
            *bytes = changed(bytes, changes);
        }
        let sums: Vec<PathBuf> = files
            .keys()
            .filter(|path| path.ends_with("SHA256SUMS"))
            .cloned()
            .collect();
        for sums in sums.iter().filter(|_| self.is_forged) {
            let folder = sums.parent().unwrap();
            let parts = files
                .iter()
                .filter(|(path, _)| path.starts_with(folder) && *path != sums);
            let line = |(path, bytes): (&PathBuf, &Vec<u8>)| {
                format!(
                    "{}  {}\n",
                    checksum_of(bytes),
                    path.file_name().unwrap().display()
                )
            };
            let text: String = parts.map(line).collect();
            files.insert(sums.clone(), text.into_bytes());
        }
        if let Some((index, name)) = &self.name {
            let from = sums[index.index(sums.len())].parent().unwrap().to_owned();
            let to = from.with_file_name(name);
            let moved = |path: PathBuf| match path.strip_prefix(&from) {
                Ok(rest) => to.join(rest),
                Err(_) => path,
            };
            files = files
                .into_iter()
                .map(|(path, bytes)| (moved(path), bytes))
                .collect();
        }
        files
    }
}

const CHILD: &str = "RECTIFIERS_FUZZ_CHILD";

/// What a test says at its end in such a process.
const PASSED: &str = "passed";

/// Runs a test of this file in a process of its own, and expects the lines that it writes to be fit for a terminal: a run
/// tells of damage as it goes.
fn in_a_process(test: &str) {
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "--nocapture", &format!("{module}::{test}")])
        .env(CHILD, "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut last = VecDeque::new();
    let (mut passed, mut odd) = (false, None);
    for line in BufReader::new(child.stderr.take().unwrap()).split(b'\n') {
        let line = String::from_utf8_lossy(&line.unwrap()).into_owned();
        match line.strip_prefix("fuzz: ") {
            Some(PASSED) => passed = true,
            Some(line) => say(line),
            _ if line.contains(char::is_control) || line.len() > 4_000 => {
                odd = odd.or(Some(line.clone()))
            }
            _ => {}
        }
        last.push_back(line);
        if last.len() > 100 {
            last.pop_front();
        }
    }
    passed &= child.wait().unwrap().success();
    assert!(
        passed,
        "{}",
        last.into_iter().collect::<Vec<_>>().join("\n")
    );
    assert_eq!(odd, None, "not fit for a terminal");
}

#[test]
fn a_run_goes_on_from_what_is_whole() {
    if env::var_os(CHILD).is_none() {
        return in_a_process("a_run_goes_on_from_what_is_whole");
    }
    let run = run();
    let temp = folder();
    let begins = vec![Begin::Resume, Begin::Resume, Begin::New, Begin::Overwrite];
    let inputs = (damage(), prop::sample::select(begins));
    fuzz("runs", 120, inputs, |(damage, begin)| {
        let files = damage.apply(&run);
        let path = temp.path().join(next().to_string());
        write(&path, &files);
        let size = files.values().map(Vec::len).sum();
        let open = || RunFolder::open(path.clone(), &run.settings, &run.data, begin);
        let is_kept = |file: &Path| files.get(file) == run.files.get(file);
        match in_proportion(size, open) {
            Ok(folder) => opened(&run, &folder, &damage, begin),
            Err(error) => {
                assert_eq!(told(&error).lines().count(), 1);
                let is_there = matches!(error, StudyError::RunThere { .. });
                assert!(!is_there || begin == Begin::New, "{error}");
                // The program knows its way, whatever the folders are called.
                let is_lost = matches!(error, StudyError::Io { .. });
                assert!(!is_lost || !damage.files.is_empty(), "{error}");
            }
        }
        let whole = damage.name.is_none() && run.files.keys().all(|file| is_kept(file));
        if whole && begin != Begin::Overwrite {
            let mut after = Files::new();
            collect(&path, Path::new(""), &mut after);
            assert_eq!(after, run.files);
        }
        // Whatever it is, the folder can be opened again, or is refused again.
        if let Err(error) = RunFolder::open(path.clone(), &run.settings, &run.data, Begin::Resume) {
            told(error);
        }
        fs::remove_dir_all(path).unwrap();
    });
    say(PASSED);
}

fn opened(run: &Run, folder: &RunFolder, damage: &Damage, begin: Begin) {
    let trained = folder.trained();
    assert!(begin == Begin::Resume || trained == 0);
    let settings = fs::read(folder.file("settings.json")).unwrap();
    let settings: Settings = serde_json::from_slice(&settings).unwrap();
    assert_eq!(settings, run.settings);
    for name in ["metrics.csv", "steps.csv"] {
        match trained {
            0 => assert!(!folder.file(name).exists()),
            _ if damage.is_forged => {}
            _ => {
                // Of an earlier epoch, it is the beginning.
                let there = fs::read(folder.file(name)).unwrap();
                assert!(run.files[Path::new(name)].starts_with(&there), "{name}");
            }
        }
    }
    if trained > 0 {
        for told_of in [folder.epochs().err(), folder.steps().err()]
            .into_iter()
            .flatten()
        {
            told(told_of);
            assert!(damage.is_forged);
        }
    }
}

#[test]
fn figures_of_a_run_are_read_or_refused() {
    if env::var_os(CHILD).is_none() {
        return in_a_process("figures_of_a_run_are_read_or_refused");
    }
    let run = run();
    let temp = folder();
    let path = temp.path().join("run");
    write(&path, &run.files);
    let folder = RunFolder::open(path, &run.settings, &run.data, Begin::Resume).unwrap();
    let [metrics, steps] = ["metrics.csv", "steps.csv"].map(|name| {
        let valid = run.files[Path::new(name)].clone();
        (name, valid)
    });
    say(PASSED);
    let inputs = (damaged(vec![metrics.1]), damaged(vec![steps.1]));
    fuzz(
        "figures of a run",
        60,
        inputs,
        |(Bytes(metrics), Bytes(steps))| {
            for (name, bytes) in [("metrics.csv", &metrics), ("steps.csv", &steps)] {
                fs::write(folder.file(name), bytes).unwrap();
            }
            let epochs = in_proportion(metrics.len(), || folder.epochs());
            let steps = in_proportion(steps.len(), || folder.steps());
            for error in [epochs.as_ref().err(), steps.as_ref().err()]
                .into_iter()
                .flatten()
            {
                assert_eq!(told(error).lines().count(), 1);
            }
            match page::write(&folder, &run.parts, &run.model, &run.probe, &run.summary) {
                Ok(pages) => {
                    for page in pages {
                        let text = fs::read_to_string(page).unwrap();
                        drawings(&text)
                            .for_each(|svg| drop(roxmltree::Document::parse(svg).unwrap()));
                    }
                }
                Err(error) => drop(told(error)),
            }
            let (Ok(epochs), Ok(steps)) = (epochs, steps) else {
                return;
            };
            // What was read is read again as it is written.
            let mut text = "epoch,train_loss,train_accuracy,valid_loss,valid_accuracy,train_seconds,valid_seconds,\
                        images_per_second\n"
            .to_string();
            for row in &epochs {
                text += &format!(
                    "{},{:?},{:?},{:?},{:?},{:?},{:?},{:?}\n",
                    row.epoch,
                    row.train_loss,
                    row.train_accuracy,
                    row.valid_loss,
                    row.valid_accuracy,
                    row.train_seconds,
                    row.valid_seconds,
                    row.images_per_second
                );
            }
            fs::write(folder.file("metrics.csv"), text).unwrap();
            let mut text = "step,epoch,loss,learning_rate\n".to_string();
            steps.iter().for_each(|row| {
                text += &format!(
                    "{},{},{:?},{:?}\n",
                    row.step, row.epoch, row.loss, row.learning_rate
                )
            });
            fs::write(folder.file("steps.csv"), text).unwrap();
            // Not a number is not equal to itself.
            let again = (folder.epochs().unwrap(), folder.steps().unwrap());
            assert_eq!(format!("{again:?}"), format!("{:?}", (epochs, steps)));
        },
    );
}
