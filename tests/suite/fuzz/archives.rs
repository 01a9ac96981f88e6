//! Archives from a server that may send anything.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use burn_rectifiers_data::{
    DataError, PIXELS,
    cifar::{self, Kind},
    download::{Source, fetch},
};
use burn_rectifiers_study::files::checksum_of;
use flate2::{Compression, write::GzEncoder};
use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    bytes::{Bytes, Change, changed, changes},
    cifar::records,
    folder, fuzz, in_proportion, next, told,
};

const KIND: Kind = Kind::Cifar10;

/// Sends the same answer to everybody until it is given another.
struct Server {
    url: String,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Server {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/a.tar.gz", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new(vec![]));
        let sent = answer.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = BufReader::new(stream.try_clone().unwrap()).lines();
                let ends = |line: &Result<String, _>| line.as_ref().map_or(true, String::is_empty);
                request.into_iter().find(ends);
                // The client may hang up as soon as it has seen enough.
                let _ = stream.write_all(&sent.lock().unwrap());
            }
        });
        Self { url, answer }
    }

    /// Fetches what the server sends into a new folder below `parent`, and looks at what is there then.
    fn fetch(&self, parent: &Path, answer: Vec<u8>, archive: &[u8]) -> Result<(), DataError> {
        let size = answer.len() + archive.len();
        *self.answer.lock().unwrap() = answer;
        let source = Source {
            url: self.url.clone(),
            size: archive.len() as u64,
            sha256: checksum_of(archive),
        };
        let above = parent.join(next().to_string());
        let folder = above.join("data");
        let result = in_proportion(size, || fetch(KIND, &folder, &source));
        let around = names(&above);
        assert!(around.iter().all(|name| name == "data"), "{around:?}");
        match &result {
            Ok(place) => {
                assert_eq!(*place, folder.join(KIND.folder()));
                let inner = names(place);
                assert_eq!(names(&folder).len(), 1);
                for name in inner {
                    let file = place.join(&name);
                    let kind = fs::symlink_metadata(&file).unwrap();
                    let is_known = name.starts_with("data_batch") || name.starts_with("test_batch");
                    assert!(is_known || name == "batches.meta.txt", "{name:?}");
                    assert!(
                        kind.is_file() && !name.contains(char::is_control),
                        "{name:?}"
                    );
                    let most = 64 * archive.len() as u64 + (32 << 20);
                    assert!(kind.len() <= most, "{name}: {} bytes", kind.len());
                }
                if let Err(error) = cifar::load(KIND, &folder) {
                    told(error);
                }
            }
            Err(error) => {
                assert_eq!(told(error).lines().count(), 1);
                assert!(names(&folder).is_empty(), "left after: {error}");
            }
        }
        fs::remove_dir_all(above).unwrap();
        result.map(drop)
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// A complete answer.
fn ok(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn packed(tar: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(vec![], Compression::fast());
    gzip.write_all(tar).unwrap();
    gzip.finish().unwrap()
}

/// A part of an archive as its header tells it, true or not.
#[derive(Debug, Clone)]
struct Entry {
    name: &'static str,
    kind: u8,
    link: &'static str,
    content: Bytes,
    /// The field of the size, if it is not that of the content.
    size: Option<&'static [u8; 12]>,
}

const NAMES: &[&str] = &[
    "cifar-10-batches-bin/data_batch_1.bin",
    "cifar-10-batches-bin/data_batch_2.bin",
    "cifar-10-batches-bin/test_batch.bin",
    "cifar-10-batches-bin/batches.meta.txt",
    "./cifar-10-batches-bin/./data_batch_3.bin",
    "cifar-10-batches-bin",
    "cifar-10-batches-bin/",
    "cifar-10-batches-bin/data_batch_\u{1b}[2J\n.bin",
    "cifar-10-batches-bin/data_batch/../../../data_batch_4.bin",
    "cifar-10-batches-bin/../data_batch_5.bin",
    "../data_batch_6.bin",
    "/tmp/data_batch_7.bin",
    "cifar-10-batches-bin/data_batch_8.bin/test_batch.bin",
    "data_batch_9.bin",
    "",
    "two\nlines",
];

const SIZES: &[Option<&[u8; 12]>] = &[
    Some(b"00000000000\0"),
    Some(b"00000000777\0"),
    Some(b"77777777777\0"),
    Some(b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"),
    Some(b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"),
    Some(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
    Some(b"\x1b[31m number"),
    Some(b"            "),
];

fn entry() -> impl Strategy<Value = Entry> {
    let content = prop_oneof![
        4 => Just(records(KIND, &[1])),
        2 => Just(records(KIND, &[2, 9, 10])),
        1 => Just(b"30 path=cifar-10-batches-bin/data_batch_\n.bin\n22 size=99999999999999\n".to_vec()),
        1 => Just([b"cifar-10-batches-bin/".to_vec(), vec![b'a'; 3000]].concat()),
        1 => vec(any::<u8>(), 0..600),
    ];
    let kind =
        prop_oneof![6 => Just(b'0'), 1 => select(b"\x001234567LKSxgVD".to_vec()), 1 => any::<u8>()];
    let links = vec!["", "/etc/passwd", "..", "../../data", "test_batch.bin"];
    let size = prop_oneof![6 => Just(None), 1 => select(SIZES)];
    (select(NAMES), kind, select(links), content, size).prop_map(
        |(name, kind, link, content, size)| Entry {
            name,
            kind,
            link,
            content: Bytes(content),
            size,
        },
    )
}

/// What there is of the data set, so that archives without it are not the rule.
fn usual() -> Vec<Entry> {
    let one = |name, label| Entry {
        name,
        kind: b'0',
        link: "",
        content: Bytes(records(KIND, &[label])),
        size: None,
    };
    vec![one(NAMES[0], 1), one(NAMES[2], 3)]
}

impl Entry {
    fn write(&self, tar: &mut Vec<u8>) {
        let mut header = [0; 512];
        let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, self.name.as_bytes());
        put(100, b"0000644\x000000000\x000000000\0");
        let size = format!("{:011o}\0", self.content.0.len());
        put(124, self.size.map_or(size.as_bytes(), |size| &size[..]));
        put(136, b"00000000000\0        ");
        put(156, &[self.kind]);
        put(157, self.link.as_bytes());
        put(257, b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend(header);
        tar.extend(&self.content.0);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
}

#[derive(Debug, Clone)]
struct Damage {
    tar: Vec<Change>,
    archive: Vec<Change>,
    /// Of what is sent, where it is not the archive that was asked for.
    answer: Vec<Change>,
}

#[test]
fn archives_are_unpacked_in_place_or_not_at_all() {
    let parent = folder();
    let server = Server::new();
    let rare = || prop_oneof![4 => Just(vec![]), 1 => changes()];
    let damage = (rare(), rare(), rare()).prop_map(|(tar, archive, answer)| Damage {
        tar,
        archive,
        answer,
    });
    let inputs = (any::<bool>(), vec(entry(), 0..4), damage);
    fuzz("archives", 250, inputs, |(whole, some, damage)| {
        let mut tar = vec![];
        let entries = some
            .into_iter()
            .chain(whole.then(usual).into_iter().flatten());
        entries.for_each(|entry| entry.write(&mut tar));
        tar.resize(tar.len() + 1024, 0);
        let archive = changed(&packed(&changed(&tar, &damage.tar)), &damage.archive);
        let whole = ok(&archive);
        let answer = changed(&whole, &damage.answer);
        let head = whole.len() - archive.len();
        let differs = answer.starts_with(&whole[..head]) && !answer.starts_with(&whole);
        let result = server.fetch(parent.path(), answer, &archive);
        assert!(
            !differs || result.is_err(),
            "what arrived is another archive"
        );
    });
}

/// Few bytes that become many: in a file, or in a name.
#[test]
fn an_archive_that_grows_out_of_proportion_is_refused() {
    let parent = folder();
    let server = Server::new();
    for kind in [b'0', b'L', b'x'] {
        let mut bomb = usual().remove(0);
        bomb.kind = kind;
        bomb.content = Bytes(vec![b'1'; (160 << 20) / (1 + PIXELS) * (1 + PIXELS)]);
        let mut tar = vec![];
        bomb.write(&mut tar);
        drop(bomb);
        usual()[1..].iter().for_each(|entry| entry.write(&mut tar));
        tar.resize(tar.len() + 1024, 0);
        let archive = packed(&tar);
        drop(tar);
        let result = server.fetch(parent.path(), ok(&archive), &archive);
        assert!(result.is_err(), "{}", char::from(kind));
    }
}
