//! Names of the classes.

use std::{fs, path::Path};

use super::Kind;

/// The names in the folder's own list, or the official ones if there is no list or it has another
/// number of names.
pub(super) fn of(kind: Kind, folder: &Path) -> Vec<String> {
    let file = folder.join(kind.names_file());
    // Reading a pipe would wait for a writer.
    let listed = match file.is_file() {
        true => fs::read_to_string(file).unwrap_or_default(),
        false => String::new(),
    };
    let listed: Vec<String> = listed
        .lines()
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(String::from)
        .collect();
    if listed.len() == kind.classes() {
        return listed;
    }
    let official = match kind {
        Kind::Cifar10 => CIFAR_10,
        Kind::Cifar100 => CIFAR_100,
    };
    official.split_whitespace().map(String::from).collect()
}

const CIFAR_10: &str = "airplane automobile bird cat deer dog frog horse ship truck";

/// Alphabetical, as the labels are.
const CIFAR_100: &str = "
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
    bowl boy bridge bus butterfly camel can castle caterpillar cattle
    chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
    dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
    lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
    mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
    plain plate poppy porcupine possum rabbit raccoon ray road rocket
    rose sea seal shark shrew skunk skyscraper snail snake spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
    train trout tulip turtle wardrobe whale willow_tree wolf woman worm";
