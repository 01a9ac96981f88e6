//! What is published: complete packages, and a crate outside the workspace that is made of one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const CRATES: [&str; 3] = [
    "burn-rectifiers",
    "burn-rectifiers-data",
    "burn-rectifiers-study",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where cargo builds: `target`, or what takes its place.
fn target() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a file");
    let target = test.ancestors().nth(3).expect("in target/<profile>/deps");
    target.to_path_buf()
}

fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder);
    cargo
}

#[track_caller]
fn succeeded(command: &mut Command) -> Output {
    let output = command.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    output
}

/// The block of a page that begins with this fence.
fn block<'a>(page: &'a str, fence: &str) -> &'a str {
    let rest = page.split(&format!("```{fence}\n")).nth(1).expect(fence);
    rest.split("```").next().expect("an end")
}

#[test]
fn packages_have_what_crates_should_have() {
    for name in CRATES {
        let list = cargo(root())
            .args(["package", "--list", "--allow-dirty", "--package", name])
            .output()
            .expect("cargo starts");
        let list = String::from_utf8(list.stdout).unwrap();
        for file in ["README.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs"] {
            assert!(
                list.lines().any(|line| line == file),
                "{name}: no {file} in\n{list}"
            );
        }
        let folder = root().join("crates").join(name);
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let (own, ours) = (folder.join(licence), root().join(licence));
            assert_eq!(
                fs::read(own).unwrap(),
                fs::read(ours).unwrap(),
                "{name}: {licence}"
            );
        }
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        for key in [
            "description",
            "documentation",
            "readme",
            "repository",
            "keywords",
            "categories",
        ] {
            assert!(
                manifest.lines().any(|line| line.starts_with(key)),
                "{name}: no {key}"
            );
        }
        // It stands alone: whatever it links to is on the web.
        let readme = fs::read_to_string(folder.join("README.md")).unwrap();
        let links = readme.split("](").skip(1);
        assert!(
            links.into_iter().all(|link| link.starts_with("https://")),
            "{name}: {readme}"
        );
    }
}

/// The library as it would be published, used as its README says.
#[test]
#[ignore = "builds Burn once more, without optimizations: some minutes"]
fn a_package_serves_outside_the_workspace() {
    let package = ["package", "--workspace", "--no-verify", "--allow-dirty"];
    let output = succeeded(
        cargo(root())
            .args(package)
            .env("CARGO_TARGET_DIR", target()),
    );
    println!("{}", String::from_utf8_lossy(&output.stderr));
    let folder = tempfile::tempdir().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    for name in CRATES {
        let archive = target().join(format!("package/{name}-{version}.crate"));
        let unpack = Command::new("tar")
            .arg("-xzf")
            .arg(archive)
            .arg("-C")
            .arg(folder.path())
            .output();
        assert!(unpack.expect("tar starts").status.success(), "{name}");
    }
    let unpacked = folder.path().join(format!("burn-rectifiers-{version}"));
    let readme = fs::read_to_string(unpacked.join("README.md")).unwrap();

    let stranger = folder.path().join("stranger");
    fs::create_dir_all(stranger.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"stranger\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n{}\n\
         [patch.crates-io]\nburn-rectifiers = {{ path = {unpacked:?} }}\n",
        block(&readme, "toml")
    );
    fs::write(stranger.join("Cargo.toml"), manifest).unwrap();
    let code = block(&readme, "rust");
    fs::write(
        stranger.join("src/main.rs"),
        format!("fn main() {{\n{code}println!(\"{{y}}\");\n}}\n"),
    )
    .unwrap();
    // The same versions as everywhere else.
    fs::copy(root().join("Cargo.lock"), stranger.join("Cargo.lock")).unwrap();
    let run = succeeded(
        cargo(&stranger)
            .arg("run")
            .env("CARGO_TARGET_DIR", target().join("outside")),
    );
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(said.contains("shape:  [2, 16]"), "{said}");
}
