//! The arrows between modules point one way, and ARCHITECTURE.md shows them.
//!
//! An arrow leads from a module to one that it names, wherever that is re-exported from. What tests name does not count,
//! nor does what a module re-exports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

/// The rooms of the library, from the top: none names one above it.
const ROOMS: [&str; 11] = [
    "store", "remote", "blocks", "family", "metric", "observe", "nn", "op", "curve", "math", "simd",
];

/// `a::b` as its parts.
type Names = Vec<String>;

/// The modules of a crate.
struct Modules {
    /// What each names, as paths from the root of the crate.
    named: BTreeMap<Names, Vec<Names>>,
    /// Where what a module re-exports comes from.
    origins: BTreeMap<Names, Names>,
}

impl Modules {
    fn of(source: &Path) -> Self {
        let mut modules = Self {
            named: BTreeMap::new(),
            origins: BTreeMap::new(),
        };
        let mut open = vec![source.to_path_buf()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if path.is_dir() {
                    open.push(path);
                } else if name.ends_with(".rs") && name != "tests.rs" {
                    let below = path.strip_prefix(source).unwrap().with_extension("");
                    let parts = below.iter().map(|part| part.to_str().unwrap().to_string());
                    let is_own = |part: &String| !["mod", "lib"].contains(&part.as_str());
                    modules.read(
                        parts.filter(is_own).collect(),
                        &fs::read_to_string(&path).unwrap(),
                    );
                }
            }
        }
        modules
    }

    fn read(&mut self, module: Names, text: &str) {
        let code = without_comments_and_tests(text);
        let inner = inner_modules(&code);
        // The module that has position `at` of the text.
        let module_at = |at: usize| {
            let around = inner.iter().filter(|(range, _)| range.contains(&at));
            let names = around.map(|(_, name)| name.clone());
            module.iter().cloned().chain(names).collect::<Names>()
        };
        let (mut named, mut exported) = (vec![], vec![]);
        for (at, _) in code.match_indices("use ") {
            let start = code[..at].rfind([';', '{', '}', ']']).map_or(0, |i| i + 1);
            let visibility = code[start..at].trim();
            let len = code[at..].find(';');
            // Otherwise it is a word of a text.
            let is_statement = visibility.is_empty() || visibility.starts_with("pub");
            let Some(len) = len.filter(|_| is_statement) else {
                continue;
            };
            let here = module_at(at);
            let paths = tree(&code[at + "use ".len()..at + len]).0;
            let paths = paths.iter().filter_map(|path| absolute(&here, path));
            if visibility.is_empty() {
                named.extend(paths);
                continue;
            }
            exported.push(at..at + len);
            for path in paths {
                let shown = [&here[..], &path[path.len() - 1..]].concat();
                self.origins.insert(shown, path);
            }
        }
        for (at, _) in code.match_indices("::") {
            let start = code[..at]
                .rfind(|c: char| !is_of_name(c))
                .map_or(0, |i| i + 1);
            let is_exported = exported.iter().any(|range| range.contains(&start));
            let is_visibility = code[..start].ends_with("pub(in ");
            if !is_exported && !is_visibility && !code[..start].ends_with("::") {
                let paths = tree(&code[start..]).0;
                let here = module_at(start);
                named.extend(paths.iter().filter_map(|path| absolute(&here, path)));
            }
        }
        for (at, _) in code.match_indices("macro_rules! ") {
            let name = &code[at + "macro_rules! ".len()..];
            let name = name[..name.find(|c: char| !is_of_name(c)).unwrap()].to_string();
            // An exported macro is at the root.
            let place = [&module[..], std::slice::from_ref(&name)].concat();
            self.origins.insert(vec![name], place);
        }
        self.named.insert(module, named);
    }

    /// The module that has what `path` names.
    fn owner(&self, path: &Names) -> Option<&Names> {
        let mut path = path.clone();
        // From one re-export to the next.
        for _ in 0..8 {
            let known = (1..=path.len()).rev().find_map(|len| {
                let origin = self.origins.get(&path[..len])?;
                Some(
                    origin
                        .iter()
                        .chain(&path[len..])
                        .cloned()
                        .collect::<Names>(),
                )
            });
            match known {
                Some(origin) if origin != path => path = origin,
                _ => break,
            }
        }
        (0..=path.len())
            .rev()
            .find_map(|len| self.named.get_key_value(&path[..len]))
            .map(|(module, _)| module)
    }

    /// From each module to those that it names.
    fn arrows(&self) -> BTreeMap<&Names, BTreeSet<&Names>> {
        let arrows = self.named.iter().map(|(module, named)| {
            let owners = named.iter().filter_map(|path| self.owner(path));
            (module, owners.filter(|owner| *owner != module).collect())
        });
        arrows.collect()
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Comments as spaces, and nothing of the tests at the end.
pub(crate) fn without_comments_and_tests(text: &str) -> String {
    let tests = [
        "mod tests {",
        "pub(crate) mod tests {",
        "pub(super) mod tests {",
    ];
    let tests = tests.map(|module| format!("#[cfg(test)]\n{module}"));
    let end = tests.iter().filter_map(|tests| text.find(tests)).min();
    let text = &text[..end.unwrap_or(text.len())];
    let code = text.lines().map(|line| line.split("//").next().unwrap());
    code.collect::<Vec<_>>()
        .join("\n")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Modules that have no file of their own, and where they are in `code`.
fn inner_modules(code: &str) -> Vec<(Range<usize>, String)> {
    let heads = code.match_indices("mod ").filter_map(|(at, _)| {
        let (name, body) = code[at + "mod ".len()..].split_once(" {")?;
        let start = code.len() - body.len();
        let mut depth = 1;
        let is_end = |c: char| {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            depth == 0
        };
        let len = body.find(is_end)?;
        name.chars()
            .all(is_of_name)
            .then(|| (start..start + len, name.to_string()))
    });
    heads.collect()
}

/// The paths of `a::{b, c::d}` at the beginning of `code`, and what follows.
fn tree(code: &str) -> (Vec<Names>, &str) {
    if let Some(items) = code.strip_prefix('{') {
        let mut rest = items.trim_start();
        let mut paths = vec![];
        while !rest.starts_with('}') && !rest.is_empty() {
            let (more, after) = tree(rest);
            paths.extend(more);
            // A new name, behind `as`, is of no interest.
            let end = after.find([',', '}']).unwrap_or(after.len());
            rest = after[end..].trim_start_matches([',', ' ']);
        }
        return (paths, rest.strip_prefix('}').unwrap_or(rest));
    }
    let end = code.find(|c: char| !is_of_name(c)).unwrap_or(code.len());
    let (name, rest) = code.split_at(end);
    let Some(below) = rest.strip_prefix("::") else {
        return (vec![vec![name.to_string()]], rest);
    };
    let (paths, rest) = tree(below);
    let prefixed = |path: Names| [vec![name.to_string()], path].concat();
    (paths.into_iter().map(prefixed).collect(), rest)
}

/// The path from the root of the crate, if it begins in it. What begins otherwise may be a module below.
fn absolute(module: &[String], path: &[String]) -> Option<Names> {
    let (mut base, mut rest) = match path[0].as_str() {
        "crate" | "$crate" => (vec![], &path[1..]),
        // Another crate, or what a macro is given.
        "" | "std" | "core" => return None,
        _ if path.iter().any(|name| name.starts_with('$')) => return None,
        _ => (module.to_vec(), path),
    };
    while let [first, others @ ..] = rest {
        match first.as_str() {
            "super" => drop(base.pop()),
            "self" => {}
            _ => break,
        }
        rest = others;
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// A circle among arrows, if there is one.
fn circle<T: Ord + Copy>(arrows: &BTreeMap<T, BTreeSet<T>>) -> Option<Vec<T>> {
    fn visit<T: Ord + Copy>(
        at: T,
        arrows: &BTreeMap<T, BTreeSet<T>>,
        way: &mut Vec<T>,
        done: &mut BTreeSet<T>,
    ) -> Option<Vec<T>> {
        if let Some(start) = way.iter().position(|on_way| *on_way == at) {
            return Some(way[start..].to_vec());
        }
        if !done.insert(at) {
            return None;
        }
        way.push(at);
        let found = arrows
            .get(&at)
            .into_iter()
            .flatten()
            .find_map(|to| visit(*to, arrows, way, done));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    arrows
        .keys()
        .find_map(|from| visit(*from, arrows, &mut vec![], &mut done))
}

fn shown(module: &[String]) -> String {
    match module {
        [] => "lib".into(),
        names => names.join("::"),
    }
}

const CRATES: [&str; 3] = [
    "burn-rectifiers",
    "burn-rectifiers-data",
    "burn-rectifiers-study",
];

fn modules_of(name: &str) -> Modules {
    Modules::of(&Path::new("crates").join(name).join("src"))
}

#[test]
fn no_modules_name_each_other() {
    for name in CRATES {
        let modules = modules_of(name);
        let arrows = modules.arrows();
        assert!(arrows.values().flatten().count() > arrows.len() / 2);
        if let Some(circle) = circle(&arrows) {
            let circle: Vec<_> = circle.iter().map(|module| shown(module)).collect();
            panic!("{name}: {} → {}", circle.join(" → "), circle[0]);
        }
    }
}

/// From each room, a module at the root, to those that it names.
fn arrows_of_rooms(modules: &Modules) -> BTreeSet<(String, String)> {
    let room = |module: &Names| module.first().cloned().unwrap_or("lib".into());
    let arrows = modules.arrows();
    let pairs = arrows.iter().flat_map(|(from, to)| {
        let to = to.iter().map(|to| room(to));
        to.map(|to| (room(from), to))
    });
    pairs.filter(|(from, to)| from != to).collect()
}

#[test]
fn arrows_between_rooms_point_down() {
    let arrows = arrows_of_rooms(&modules_of("burn-rectifiers"));
    let floor = |room: &String| ROOMS.iter().position(|known| known == room);
    for (from, to) in &arrows {
        let floors = [from, to].map(|room| floor(room).unwrap_or_else(|| panic!("no room {room}")));
        assert!(floors[0] < floors[1], "{from} → {to}");
    }
}

/// The lines `a --> b` of the drawing below this heading.
fn drawn(page: &str, heading: &str) -> BTreeSet<(String, String)> {
    let (_, below) = page.split_once(heading).expect(heading);
    let (_, drawing) = below.split_once("```mermaid\n").expect("a drawing");
    let (drawing, _) = drawing.split_once("```").expect("its end");
    let pairs = drawing
        .lines()
        .filter_map(|line| line.trim().split_once(" --> "));
    pairs.map(|(from, to)| (from.into(), to.into())).collect()
}

#[test]
fn the_page_shows_the_rooms() {
    let page = fs::read_to_string("ARCHITECTURE.md").unwrap();
    for (heading, name) in [
        ("## The rooms of the library", "burn-rectifiers"),
        ("## What the examples share", "burn-rectifiers-study"),
    ] {
        let rooms = arrows_of_rooms(&modules_of(name));
        assert_eq!(drawn(&page, heading), rooms, "{name}");
    }
}

#[test]
fn circles_are_found() {
    let arrows = |pairs: &[(u8, u8)]| {
        let mut arrows = BTreeMap::<_, BTreeSet<_>>::new();
        for (from, to) in pairs {
            arrows.entry(*from).or_default().insert(*to);
        }
        arrows
    };
    assert_eq!(circle(&arrows(&[(1, 2), (1, 3), (2, 3), (3, 4)])), None);
    assert_eq!(circle(&arrows(&[(1, 2), (2, 3), (3, 2)])), Some(vec![2, 3]));
}

/// What is found in a text, from one that has what is hard to read.
#[test]
fn names_are_found() {
    let mut modules = Modules {
        named: BTreeMap::new(),
        origins: BTreeMap::new(),
    };
    let path = |text: &str| text.split("::").map(String::from).collect::<Names>();
    modules.read(
        path("a"),
        "mod b;\npub use b::{Shown, c::*};\nmacro_rules! made { () => {} }",
    );
    modules.read(
        path("a::b"),
        "fn f() {} // crate::d::Comment\n/// crate::d::Doc\npub struct Shown;",
    );
    modules.read(
        path("d"),
        "use crate::{a::{self, Shown as Other}, e};\nmod inner { use super::super::e::E; }",
    );
    modules.read(
        path("e"),
        "const TEXT: &str = \"use it; please\";\n#[cfg(test)]\nmod tests {\n    use crate::d::D;\n}",
    );
    modules.read(
        path("f"),
        "fn f() -> $crate::a::Shown { crate::made!(); super::e::g() }",
    );
    let arrows: Vec<_> = (modules.arrows().into_iter())
        .map(|(from, to)| {
            let to = to.iter().map(|to| shown(to)).collect::<Vec<_>>().join(" ");
            format!("{}: {to}", shown(from))
        })
        .collect();
    assert_eq!(
        arrows,
        ["a: ", "a::b: ", "d: a a::b e", "e: ", "f: a a::b e"]
    );
}
