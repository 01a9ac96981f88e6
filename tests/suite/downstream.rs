//! What a user's crate pays: kernels are compiled once, in the crate that defines the curve.

use std::collections::BTreeSet;
use std::fs;

use burn::tensor::{Device, Tensor};
use downstream_app::Net;

/// The module `op::cpu::kernels`, which has all loops of CPU kernels, as it stands in the names of functions.
const LOOPS: &str = "3cpu7kernels";

/// The functions of those loops that were compiled into the library called `name`.
fn loops_in(name: &str) -> usize {
    let test = std::env::current_exe().expect("a test is a file");
    let folder = test.parent().expect("in target/<profile>/deps");
    let prefix = format!("lib{name}-");
    let libraries = fs::read_dir(folder).expect("the folder of this test");
    let newest = libraries
        .map(|file| file.expect("a file of that folder"))
        .filter(|file| {
            let file = file.file_name().into_string().unwrap_or_default();
            file.starts_with(&prefix) && file.ends_with(".rlib")
        })
        .max_by_key(|file| file.metadata().and_then(|file| file.modified()).ok())
        .unwrap_or_else(|| panic!("{prefix}*.rlib lies beside this test"));
    let bytes = fs::read(newest.path()).expect("a library");
    // The names that an object file refers to stand in it one after the other, each with a zero behind it, and some as
    // the end of the name of a section.
    let names: BTreeSet<&[u8]> = bytes.split(|byte| *byte == 0).collect();
    let is_loop = |name: &&&[u8]| std::str::from_utf8(name).is_ok_and(|name| name.contains(LOOPS));
    names.iter().filter(is_loop).count()
}

#[test]
fn kernels_are_compiled_where_their_curve_is_defined() {
    let family = loops_in("burn_rectifiers");
    let own = loops_in("downstream_layers");
    let used = loops_in("downstream_app");
    println!(
        "loops: {family} in the library, {own} for a curve of one's own, {used} where they are used"
    );
    let curves = burn_rectifiers::curves::all().len();
    assert!(own > 0, "this test looks for what is not there");
    assert!(
        own <= 3 * family / curves,
        "{own} for one curve, {family} for {curves}"
    );
    assert_eq!(
        used, 0,
        "kernels are compiled again by a crate that only uses them"
    );
}

#[test]
fn a_model_of_three_crates_computes() {
    let device = Device::flex();
    let net = Net::new("learnable_elu", &device);
    let y = net.forward(Tensor::ones([2, 4], &device));
    assert_eq!(y.dims(), [2, 8]);
    assert!(downstream_app::start() > 1.0);
}
