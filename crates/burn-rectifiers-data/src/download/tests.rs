//! Against a server of a few lines on the loopback interface.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use super::*;
use crate::PIXELS;

/// An archive like the official one, with two training images, one test image and things that do
/// not belong there.
fn archive() -> Vec<u8> {
    let record = |label: u8| {
        let mut record = vec![label; 1 + PIXELS];
        record[1..]
            .iter_mut()
            .enumerate()
            .for_each(|(i, pixel)| *pixel = (i * 7919) as u8);
        record
    };
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut add = |path: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // Written as it is: the library's own function refuses paths that lead elsewhere.
        header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        tar.append(&header, bytes).unwrap();
    };
    add(
        "cifar-10-batches-bin/data_batch_1.bin",
        &[record(1), record(2)].concat(),
    );
    add("cifar-10-batches-bin/test_batch.bin", &record(3));
    add("cifar-10-batches-bin/readme.html", b"not needed");
    add("../data_batch_9.bin", b"leads out");
    add("cifar-10-batches-bin/../../data_batch_8.bin", b"leads out");
    tar.into_inner().unwrap().finish().unwrap()
}

fn source(url: String, archive: &[u8]) -> Source {
    let sha256 = Sha256::digest(archive)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Source {
        url,
        size: archive.len() as u64,
        sha256,
    }
}

/// Answers one request with `response` and is gone.
fn serve(response: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        drop(listener);
        answer(stream, &response);
    });
    format!("http://{address}/archive.tar.gz")
}

fn answer(mut stream: TcpStream, response: &[u8]) {
    let request = BufReader::new(stream.try_clone().unwrap());
    for line in request.lines() {
        if line.unwrap().is_empty() {
            break;
        }
    }
    // The client may hang up as soon as it has seen enough.
    let _ = stream.write_all(response);
}

/// A complete answer that announces `length` bytes.
fn ok(length: usize, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// Fetches into a fresh folder, expects an error of one line, and that nothing is left behind.
fn failure(source: &Source) -> String {
    let dir = tempfile::tempdir().unwrap();
    let message = fetch(Kind::Cifar10, dir.path(), source)
        .unwrap_err()
        .to_string();
    assert!(
        !message.contains('\n') && message.contains(&source.url),
        "{message}"
    );
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        0,
        "left behind after: {message}"
    );
    message
}

#[test]
fn a_download_is_unpacked_and_never_repeated() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("new/data");
    let archive = archive();
    let source = source(serve(ok(archive.len(), &archive)), &archive);
    let folder = fetch(Kind::Cifar10, &dir, &source).unwrap();
    assert_eq!(folder, dir.join("cifar-10-batches-bin"));

    let split = cifar::load(Kind::Cifar10, &dir).unwrap();
    assert_eq!(
        (split.train.labels(), split.test.labels()),
        (&[1, 2][..], &[3][..])
    );
    let list = |dir: &Path| {
        let mut names: Vec<_> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(list(&folder), ["data_batch_1.bin", "test_batch.bin"]);
    assert_eq!(list(&dir), ["cifar-10-batches-bin"]);
    assert_eq!(list(parent.path()), ["new"]);

    // The server is gone; the folder and the folder above it both count as the data's place.
    assert_eq!(fetch(Kind::Cifar10, &dir, &source).unwrap(), folder);
    assert_eq!(fetch(Kind::Cifar10, &folder, &source).unwrap(), folder);
}

#[test]
fn a_broken_connection_leaves_nothing() {
    let archive = archive();
    let half = archive.len() / 2;
    let told = failure(&source(
        serve(ok(archive.len(), &archive[..half])),
        &archive,
    ));
    assert!(told.contains(&format!("failed at offset {half}")), "{told}");

    // Without an announced length, the end of the stream is all there is to see.
    let mut answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    answer.extend_from_slice(&archive[..half]);
    let told = failure(&source(serve(answer), &archive));
    assert!(told.contains(&format!("failed at offset {half}")), "{told}");
}

#[test]
fn altered_bytes_leave_nothing() {
    let archive = archive();
    let mut altered = archive.clone();
    altered[archive.len() / 2] ^= 1;
    let told = failure(&source(serve(ok(altered.len(), &altered)), &archive));
    assert!(
        told.contains("SHA-256 is") && told.contains("altered"),
        "{told}"
    );
}

#[test]
fn another_size_leaves_nothing() {
    let archive = archive();
    let longer = [&archive[..], b"more"].concat();
    let told = failure(&source(serve(ok(longer.len(), &longer)), &archive));
    assert!(
        told.contains(&format!("size is {}", longer.len())),
        "{told}"
    );

    let mut answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    answer.extend_from_slice(&longer);
    let told = failure(&source(serve(answer), &archive));
    assert!(told.contains("size is over"), "{told}");
}

#[test]
fn a_refusal_and_an_absent_server_are_told() {
    let archive = archive();
    let refusal = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
    let told = failure(&source(serve(refusal), &archive));
    assert!(told.contains("404"), "{told}");

    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let told = failure(&source(format!("http://{free}/archive.tar.gz"), &archive));
    assert!(told.contains("failed at offset 0"), "{told}");
}

#[test]
fn an_archive_without_the_data_leaves_nothing() {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    tar.append_data(&mut header, "cifar-10-batches-bin/notes.txt", &b"hi"[..])
        .unwrap();
    let archive = tar.into_inner().unwrap().finish().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let source = source(serve(ok(archive.len(), &archive)), &archive);
    let told = fetch(Kind::Cifar10, dir.path(), &source)
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("cannot unpack") && !told.contains('\n'),
        "{told}"
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_with_some_files_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("data_batch_1.bin"), [0; 3073]).unwrap();
    let unreachable = source("http://127.0.0.1:9/".into(), b"");
    let told = fetch(Kind::Cifar10, dir.path(), &unreachable)
        .unwrap_err()
        .to_string();
    assert!(told.contains("test_batch.bin: missing"), "{told}");
}

#[test]
fn one_download_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let _other = Part::lock(dir.path().join("cifar-10-batches-bin.tar.gz.part")).unwrap();
    let unreachable = source("http://127.0.0.1:9/".into(), b"");
    let told = fetch(Kind::Cifar10, dir.path(), &unreachable)
        .unwrap_err()
        .to_string();
    assert!(told.contains("another process"), "{told}");
}
