use super::*;
use crate::PIXELS;

/// A record whose pixels are all `value`.
fn record(kind: Kind, label: u8, value: u8) -> Vec<u8> {
    let mut record = vec![value; kind.record()];
    record[..kind.label_offset()].fill(19);
    record[kind.label_offset()] = label;
    record
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

/// One small training file and a test file.
fn small(kind: Kind, folder: &Path) {
    let train = match kind {
        Kind::Cifar10 => "data_batch_1.bin",
        Kind::Cifar100 => "train.bin",
    };
    write(
        folder,
        train,
        [record(kind, 3, 1), record(kind, 9, 2)].concat(),
    );
    write(folder, kind.test_file(), record(kind, 7, 3));
}

/// The message of the error, which must be a single line that names `file`, or the folder if that
/// is empty.
fn message(kind: Kind, dir: &Path, file: &str) -> String {
    let message = load(kind, dir).unwrap_err().to_string();
    assert!(!message.contains('\n'), "{message}");
    let named = if file.is_empty() {
        dir.to_owned()
    } else {
        dir.join(file)
    };
    assert!(
        message.starts_with(&format!("{}: ", named.display())),
        "{message}"
    );
    message
}

#[test]
fn files_are_read_in_natural_order_and_any_number() {
    let dir = tempfile::tempdir().unwrap();
    let kind = Kind::Cifar10;
    for file in [10u8, 2, 1] {
        let records: Vec<_> = (0..file)
            .flat_map(|_| record(kind, file % 10, file))
            .collect();
        write(dir.path(), &format!("data_batch_{file}.bin"), records);
    }
    write(dir.path(), "test_batch.bin", record(kind, 4, 77));
    let split = load(kind, dir.path()).unwrap();
    assert_eq!(
        split.train.labels(),
        [1, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    );
    assert!(split.train.image(2).iter().all(|&pixel| pixel == 2));
    assert!(split.train.image(12).iter().all(|&pixel| pixel == 10));
    assert_eq!(
        (split.test.labels(), split.test.image(0)[5]),
        (&[4][..], 77)
    );
    assert_eq!(split.train.classes()[9], "truck");
}

#[test]
fn the_inner_folder_of_the_archive_is_found() {
    for kind in [Kind::Cifar10, Kind::Cifar100] {
        let dir = tempfile::tempdir().unwrap();
        small(kind, &dir.path().join(kind.folder()));
        let split = load(kind, dir.path()).unwrap();
        assert_eq!(
            (split.train.labels(), split.test.labels()),
            (&[3, 9][..], &[7][..])
        );
        assert_eq!(split.train.image(1), [2; PIXELS]);
        assert_eq!(split.train.classes().len(), kind.classes());
    }
}

#[test]
fn the_fine_label_of_cifar_100_is_used() {
    let dir = tempfile::tempdir().unwrap();
    small(Kind::Cifar100, dir.path());
    write(dir.path(), "train.bin", record(Kind::Cifar100, 99, 0));
    let split = load(Kind::Cifar100, dir.path()).unwrap();
    assert_eq!(split.train.labels(), [99]);
    assert_eq!(split.train.classes()[99], "worm");
}

#[test]
fn the_list_of_names_in_the_folder_wins() {
    let dir = tempfile::tempdir().unwrap();
    small(Kind::Cifar10, dir.path());
    write(
        dir.path(),
        "batches.meta.txt",
        "a\nb\nc\r\nd\ne\nf\ng\nh\ni\nj\n\n",
    );
    let split = load(Kind::Cifar10, dir.path()).unwrap();
    assert_eq!(
        (&*split.train.classes()[2], &*split.test.classes()[9]),
        ("c", "j")
    );
}

#[test]
fn a_missing_folder_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let told = message(Kind::Cifar10, &dir.path().join("none"), "");
    assert!(
        told.contains("no such folder") && told.contains("--download"),
        "{told}"
    );
}

#[test]
fn an_empty_folder_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let told = message(Kind::Cifar100, dir.path(), "");
    assert!(
        told.contains("train*.bin, test.bin") && told.contains("--download"),
        "{told}"
    );
}

#[test]
fn a_missing_file_is_told() {
    let dir = tempfile::tempdir().unwrap();
    small(Kind::Cifar10, dir.path());
    fs::remove_file(dir.path().join("test_batch.bin")).unwrap();
    assert!(message(Kind::Cifar10, dir.path(), "test_batch.bin").contains("missing"));

    small(Kind::Cifar10, dir.path());
    fs::remove_file(dir.path().join("data_batch_1.bin")).unwrap();
    assert!(message(Kind::Cifar10, dir.path(), "data_batch*.bin").contains("missing"));
}

#[test]
fn an_empty_file_is_told() {
    let dir = tempfile::tempdir().unwrap();
    small(Kind::Cifar10, dir.path());
    write(dir.path(), "data_batch_1.bin", []);
    let told = message(Kind::Cifar10, dir.path(), "data_batch_1.bin");
    assert!(
        told.contains("empty file at offset 0") && told.contains("3073"),
        "{told}"
    );
}

#[test]
fn a_truncated_file_is_told_with_the_offset() {
    let dir = tempfile::tempdir().unwrap();
    small(Kind::Cifar100, dir.path());
    let whole = [record(Kind::Cifar100, 0, 0), record(Kind::Cifar100, 1, 1)].concat();
    write(dir.path(), "train.bin", &whole[..3074 + 1000]);
    let told = message(Kind::Cifar100, dir.path(), "train.bin");
    assert!(
        told.contains("offset 3074: record 1 has 1000 of 3074 bytes"),
        "{told}"
    );
}

#[test]
fn a_label_out_of_range_is_told_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    small(Kind::Cifar100, dir.path());
    let records = [
        record(Kind::Cifar100, 99, 0),
        record(Kind::Cifar100, 100, 1),
    ]
    .concat();
    write(dir.path(), "train.bin", records);
    let told = message(Kind::Cifar100, dir.path(), "train.bin");
    assert!(
        told.contains("label 100 at offset 3075 (record 1) is out of range 0..=99"),
        "{told}"
    );
}
