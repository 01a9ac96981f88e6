//! What users of the library can name, as `docs/api.txt` lists it.
//!
//! `cargo doc` knows it: this reads the pages that it writes, an item each.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const LISTING: &str = "docs/api.txt";

/// Where `cargo doc` writes the pages of the library.
fn pages() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a file");
    let target = test.ancestors().nth(3).expect("in target/<profile>/deps");
    target.join("doc/burn_rectifiers")
}

/// HTML without tags, on one line.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut parts = html.split('<');
    text += parts.next().unwrap_or_default();
    for part in parts {
        let (tag, after) = part.split_once('>').expect("the end of a tag");
        if ["/div", "br"].contains(&tag) || tag.starts_with("div") {
            text.push(' ');
        }
        text += after;
    }
    // What is a comment in a declaration says nothing that the rest does not.
    let lines = text.lines().filter(|line| !line.trim().starts_with("//"));
    let text = lines.collect::<Vec<_>>().join(" ");
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("&#39;", "'"),
        ("&quot;", "\""),
    ];
    let text = entities
        .iter()
        .fold(text, |text, (entity, c)| text.replace(entity, c));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands between `start` and `end`, wherever that is.
fn between<'a>(html: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    let parts = html.split(start).skip(1);
    parts.map(move |part| part.split(end).next().unwrap_or_default())
}

/// The lines of an item: its declaration, its methods, the traits that it has.
fn item(path: &str, page: &str) -> Vec<String> {
    let own = page.split("id=\"synthetic-implementations\"").next();
    let (own, traits) = own
        .unwrap()
        .split_once("id=\"trait-implementations\"")
        .unwrap_or((page, ""));
    let declaration = between(page, "item-decl\"><code>", "</code></pre>").next();
    let mut lines = vec![format!(
        "{path}: {}",
        text(declaration.unwrap_or("a macro"))
    )];
    // A trait's are in its declaration.
    if !declaration.is_some_and(|code| text(code).contains("trait ")) {
        let methods = between(own, "<h4 class=\"code-header\">", "</h4>").map(text);
        lines.extend(
            methods
                .filter(|line| line.starts_with("pub "))
                .map(|line| format!("    {line}")),
        );
        let traits = between(traits, "<h3 class=\"code-header\">", "</h3>").map(text);
        let traits: BTreeSet<_> = traits
            .filter_map(|line| {
                line.split_once(" for ")
                    .map(|(name, _)| name.replacen("impl ", "", 1))
            })
            .collect();
        if !traits.is_empty() {
            let traits: Vec<_> = traits.into_iter().collect();
            lines.push(format!("    impl {}", traits.join(", ")));
        }
    }
    lines
}

fn listing(pages: &Path) -> String {
    let all = fs::read_to_string(pages.join("all.html")).expect("the list of all items");
    let links = between(&all, "<li><a href=\"", "</a></li>");
    let mut items: Vec<_> = links
        .filter_map(|link| link.split_once("\">"))
        // The others lead to headings.
        .filter(|(file, _)| file.ends_with(".html"))
        .map(|(file, path)| {
            let page = fs::read_to_string(pages.join(file));
            let page = page.unwrap_or_else(|error| panic!("{path}, {file}: {error}"));
            item(path, &page)
        })
        .collect();
    items.sort();
    items.concat().join("\n") + "\n"
}

/// `RECTIFIERS_WRITE_API=1` has it written instead.
#[test]
#[ignore = "reads what `cargo doc` wrote for the features train, ndarray and wgpu; .ci/run has both"]
fn the_listing_is_true() {
    let is = listing(&pages());
    assert!(is.lines().count() > 200, "{is}");
    if std::env::var_os("RECTIFIERS_WRITE_API").is_some() {
        fs::write(LISTING, &is).unwrap();
    }
    let listed = fs::read_to_string(LISTING).unwrap();
    let [is, listed]: [BTreeSet<&str>; 2] = [&is, &listed].map(|text| text.lines().collect());
    let lines = |a: &BTreeSet<&str>, b: &BTreeSet<&str>, sign: &str| {
        let lines: Vec<_> = a
            .difference(b)
            .map(|line| format!("{sign} {line}\n"))
            .collect();
        lines.concat()
    };
    let changed = lines(&listed, &is, "-") + &lines(&is, &listed, "+");
    assert!(
        changed.is_empty(),
        "what users can name is not what {LISTING} lists; CONTRIBUTING.md says how to write it anew\n{changed}"
    );
}

#[test]
fn pages_are_read() {
    let page = r##"<pre class="rust item-decl"><code><div class="code-attribute">#[non_exhaustive]</div>pub enum <a href="x">Kind</a> {
    One(&amp;&#39;static <a>str</a>),
    // some variants omitted
}</code></pre>
<h4 class="code-header">pub fn <a>of</a>&lt;T&gt;(_: T) -&gt; Self</h4><h4 class="code-header">fn hidden()</h4>
<h2 id="trait-implementations"></h2><h3 class="code-header">impl <a>Clone</a> for <a>Kind</a></h3><h4 class="code-header">fn clone()</h4>
<h2 id="synthetic-implementations"></h2><h3 class="code-header">impl Send for Kind</h3>"##;
    let lines = item("a::Kind", page);
    let expected = [
        "a::Kind: #[non_exhaustive] pub enum Kind { One(&'static str), }",
        "    pub fn of<T>(_: T) -> Self",
        "    impl Clone",
    ];
    assert_eq!(lines, expected);
}
