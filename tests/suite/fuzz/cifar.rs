//! CIFAR files: records and lists of names.

use std::fs;

use burn_rectifiers_data::{
    Images, PIXELS,
    cifar::{Kind, load},
};
use proptest::prelude::*;

use super::{
    bytes::{Bytes, damaged},
    folder, fuzz, in_proportion, told,
};

/// The file of these labels, with pixels that differ from image to image.
pub fn records(kind: Kind, labels: &[u8]) -> Vec<u8> {
    let mut bytes = vec![];
    for label in labels {
        bytes.extend(vec![7; kind.record() - PIXELS - 1]);
        bytes.push(*label);
        bytes.extend((0..PIXELS).map(|i| (i * 7919) as u8 ^ label));
    }
    bytes
}

/// Names of the training, the test and the list's file.
pub fn names(kind: Kind) -> [&'static str; 3] {
    match kind {
        Kind::Cifar10 => ["data_batch_1.bin", "test_batch.bin", "batches.meta.txt"],
        Kind::Cifar100 => ["train.bin", "test.bin", "fine_label_names.txt"],
    }
}

/// Whether the images are those of the file.
fn are(images: &Images, file: &[u8], kind: Kind) -> bool {
    let records = file.chunks(kind.record());
    let head = kind.record() - PIXELS;
    images.len() == records.len()
        && images.classes().len() == kind.classes()
        && records.enumerate().all(|(i, record)| {
            images.labels()[i] == record[head - 1] && images.image(i) == &record[head..]
        })
}

fn files(kind: Kind) -> impl Strategy<Value = [Bytes; 3]> {
    let last = kind.classes() as u8 - 1;
    let valid = vec![
        records(kind, &[0]),
        records(kind, &[last, 1, 2]),
        records(kind, &[last, last + 1]),
        vec![],
    ];
    let list: String = (0..kind.classes()).map(|i| format!("name{i}\n")).collect();
    let test = prop_oneof![
        Just(Bytes(records(kind, &[3]))),
        damaged(vec![records(kind, &[3])])
    ];
    (damaged(valid), test, damaged(vec![list.into_bytes()])).prop_map(<[Bytes; 3]>::from)
}

#[test]
fn files_are_images_or_an_error() {
    let place = folder();
    let inputs = prop_oneof![Just(Kind::Cifar10), Just(Kind::Cifar100)];
    let inputs = inputs.prop_flat_map(|kind| (Just(kind), files(kind)));
    fuzz("CIFAR files", 400, inputs, |(kind, files)| {
        let folder = place.path().join(kind.name());
        fs::create_dir_all(&folder).unwrap();
        for (name, file) in names(kind).iter().zip(&files) {
            fs::write(folder.join(name), &file.0).unwrap();
        }
        let size = files.iter().map(|file| file.0.len()).sum();
        match in_proportion(size, || load(kind, &folder)) {
            Ok(split) => {
                assert!(are(&split.train, &files[0].0, kind));
                assert!(are(&split.test, &files[1].0, kind));
                assert!(!split.train.is_empty() && !split.test.is_empty());
            }
            Err(error) => assert_eq!(told(error).lines().count(), 1),
        }
    });
}
