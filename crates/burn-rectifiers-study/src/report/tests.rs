//! The page and the Markdown as a whole.

use super::{sample::axis, *};

/// A document whose only block is a figure with one panel.
fn one_panel(x: Scale, y: Scale, marks: Marks) -> Document {
    let panel = Panel {
        title: "a <panel>".into(),
        x: axis("x & more", x),
        y: axis("y", y),
        marks,
    };
    let figure = Figure {
        title: "a figure".into(),
        caption: String::new(),
        panels: vec![panel],
    };
    one_block(Block::Figure(figure))
}

fn one_block(block: Block) -> Document {
    Document {
        title: "t".into(),
        lead: vec![],
        verdicts: vec![],
        sections: vec![Section {
            id: "s".into(),
            title: "s".into(),
            outcome: None,
            blocks: vec![block],
        }],
        appendix: vec![],
    }
}

fn line(points: &[(f64, f64)]) -> Line {
    let points = points.iter().map(|&(x, y)| Point {
        x,
        y,
        low: y - 0.1,
        high: y + 0.1,
    });
    Line {
        name: "relu".into(),
        points: points.collect(),
    }
}

/// All drawings of a page, each of which must be XML by itself.
fn drawings(page: &str) -> Vec<String> {
    let starts = page.split("<svg ").skip(1);
    let svgs = starts.map(|rest| format!("<svg {}</svg>", rest.split("</svg>").next().unwrap()));
    let svgs: Vec<String> = svgs.collect();
    for svg in &svgs {
        if let Err(error) = roxmltree::Document::parse(svg) {
            panic!("{error}: {svg}");
        }
    }
    svgs
}

#[test]
fn pages_are_well_formed() {
    let page = sample::document().html().unwrap();
    let panels: Vec<String> = drawings(&page)
        .into_iter()
        .filter(|svg| !svg.contains("aria-hidden"))
        .collect();
    assert_eq!(panels.len(), 3 + 2 + 1 + 4);
    for svg in &panels {
        assert!(svg.starts_with("<svg role=\"img\" aria-label=\""), "{svg}");
        assert!(!svg.contains("NaN"), "{svg}");
    }
    // What is between the style sheet and the end is XML too.
    let body = &page[page.find("<body>").unwrap()..page.find("</html>").unwrap()];
    let tree = roxmltree::Document::parse(body).unwrap();
    let mut ids: Vec<&str> = tree
        .descendants()
        .filter_map(|node| node.attribute("id"))
        .collect();
    let links = tree.descendants().filter_map(|node| node.attribute("href"));
    for link in links {
        assert!(ids.contains(&link.strip_prefix('#').unwrap()), "{link}");
    }
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
    // No heading is more than one level below the one before.
    let level = |node: roxmltree::Node| node.tag_name().name().strip_prefix('h')?.parse().ok();
    let levels: Vec<usize> = tree.descendants().filter_map(level).collect();
    assert_eq!(levels[..2], [1, 2]);
    assert!(
        levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
        "{levels:?}"
    );
}

#[test]
fn pages_load_nothing() {
    let page = sample::document().html().unwrap();
    let namespace = "http://www.w3.org/2000/svg";
    let rest = page.replace(&format!("xmlns=\"{namespace}\""), "");
    for word in [
        "http:", "https:", "src=", "url(", "@import", "<script", "<link",
    ] {
        assert!(!rest.contains(word), "{word}");
    }
}

#[test]
fn the_same_data_give_the_same_page() {
    let [a, b] = [sample::document(), sample::document()];
    assert_eq!(a.html().unwrap(), b.html().unwrap());
    assert_eq!(a.markdown(), b.markdown());
}

#[test]
fn verdicts_link_to_their_sections() {
    let page = sample::document().html().unwrap();
    for link in [
        "<a href=\"#claim-1\">1. Dying ReLU</a>",
        "<a href=\"#convergence\">2. Faster convergence</a>",
        "<h3>5. Noise robustness</h3>",
    ] {
        assert!(page.contains(link), "{link}");
    }
}

#[test]
fn text_is_text() {
    let mut document = one_block(Block::List(vec!["<script>`a < b`</script> & **c**".into()]));
    document.title = "<title>".into();
    document.sections[0].id = "two words \"".into();
    let page = document.html().unwrap();
    for expected in [
        "<title>&lt;title&gt;</title>",
        "<section id=\"two-words-&quot;\">",
        "<li>&lt;script&gt;<code>a &lt; b</code>&lt;/script&gt; &amp; <strong>c</strong></li>",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(
        document
            .markdown()
            .contains("- \\<script>`a < b`\\</script> & **c**")
    );
}

#[test]
fn every_number_is_there() {
    let document = sample::document();
    let (page, markdown) = (document.html().unwrap(), document.markdown());
    for block in document.all_sections().flat_map(|section| &section.blocks) {
        match block {
            Block::Table(table) => {
                for cell in table.rows.iter().flatten().chain(&table.header) {
                    assert!(page.contains(&inline::html(cell)), "{cell}");
                    assert!(markdown.contains(&inline::markdown(cell)), "{cell}");
                }
            }
            Block::Findings(findings) => {
                for number in findings.rows.iter().flat_map(|row| &row.numbers) {
                    let number = crate::base::html::escaped(number);
                    assert!(page.contains(&format!(">{number}</td>")), "{number}");
                }
                assert!(page.contains("seeds would decide"));
                assert!(markdown.contains("seeds would decide"));
            }
            _ => {}
        }
    }
}

#[test]
fn strange_lines_are_drawn_all_the_same() {
    let strange: [&[(f64, f64)]; 8] = [
        &[(1.0, 2.0)],
        &[(1.0, 2.0), (1.0, 2.0)],
        &[(0.0, 0.0), (-1.0, -5.0), (2.0, 3.0)],
        &[
            (1.0, f64::NAN),
            (2.0, 1.0),
            (3.0, f64::INFINITY),
            (4.0, 1.0),
        ],
        &[(1.0, 5.0), (2.0, 5.0), (3.0, 5.0)],
        &[(1e-300, 1e-300), (1e300, 1e300)],
        &[(-1e308, -1e308), (1e308, 1e308)],
        &[(f64::MIN_POSITIVE, 5e-324), (f64::MAX, f64::MAX)],
    ];
    for points in strange {
        for (x, y) in [
            (Scale::Linear, Scale::Linear),
            (Scale::Log, Scale::Log),
            (Scale::Linear, Scale::Log),
        ] {
            let page = one_panel(x, y, Marks::Lines(vec![line(points)]))
                .html()
                .unwrap();
            let drawn = drawings(&page);
            assert_eq!(drawn.len(), 2);
            assert!(!drawn[1].contains("no data"), "{points:?}");
        }
    }
}

#[test]
fn long_texts_leave_room_for_the_drawing() {
    let long = "a name that nobody would choose ".repeat(9);
    let mut document = one_panel(
        Scale::Linear,
        Scale::Linear,
        Marks::Lines(vec![line(&[(1.0, 2.0)])]),
    );
    let Block::Figure(figure) = &mut document.sections[0].blocks[0] else {
        unreachable!()
    };
    figure.title.clear();
    let Panel { x, y, .. } = &mut figure.panels[0];
    for axis in [x, y] {
        axis.label.clone_from(&long);
        axis.ticks = vec![(1.0, long.clone()), (2.0, long.clone())];
    }
    let page = document.html().unwrap();
    assert_eq!(drawings(&page).len(), 2);
    assert!(page.contains("<strong>Figure 1.</strong>"));
}

#[test]
fn panels_without_data_say_so() {
    let none = Interval {
        name: "relu".into(),
        mean: f64::NAN,
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
        seeds: vec![],
        margin: None,
        outcome: None,
    };
    let intervals = |rows| {
        Marks::Intervals(Intervals {
            rows,
            reference: Some(0.0),
        })
    };
    for marks in [
        Marks::Lines(vec![]),
        Marks::Lines(vec![line(&[])]),
        Marks::Lines(vec![line(&[(f64::NAN, 1.0), (1.0, f64::INFINITY)])]),
        intervals(vec![]),
        intervals(vec![none.clone()]),
    ] {
        let page = one_panel(Scale::Linear, Scale::Linear, marks)
            .html()
            .unwrap();
        assert!(drawings(&page).concat().contains("no data"));
    }
    let nothing_positive = Marks::Lines(vec![line(&[(0.0, 1.0), (-1.0, 1.0)])]);
    let page = one_panel(Scale::Log, Scale::Linear, nothing_positive)
        .html()
        .unwrap();
    assert!(page.contains("no data"));
    // A row without data next to one with: it has its name, and says so.
    let some = Interval {
        mean: 1.0,
        ..none.clone()
    };
    let page = one_panel(Scale::Linear, Scale::Linear, intervals(vec![some, none]))
        .html()
        .unwrap();
    assert_eq!(page.matches("no data").count(), 1);
}

#[test]
fn an_empty_document_is_a_page() {
    let mut document = one_block(Block::Findings(Findings {
        explanation: "No findings.".into(),
        columns: vec![],
        rows: vec![],
    }));
    assert!(document.html().unwrap().contains("No findings."));
    assert!(document.markdown().contains("No findings."));
    document.sections.clear();
    assert!(document.html().unwrap().ends_with("</html>\n"));
    assert_eq!(document.markdown(), "# t\n");
}

#[test]
fn markdown_has_the_same_text() {
    let markdown = sample::document().markdown();
    for line in [
        "# Do learnable activations keep what their papers promise?",
        "## Verdicts",
        "## Dying ReLU (✓ confirmed)",
        "### Settings",
        "#### Training",
        "**Figure 4 (on the page).** Differences of accuracy. Each activation against `relu`, \
         with intervals that hold all together.",
        "| setting | value |",
        "| optimizer | Adam |",
    ] {
        assert!(
            markdown.lines().any(|found| found == line),
            "{line}\n{markdown}"
        );
    }
}

/// Writes the sample where somebody can look at it.
#[test]
#[ignore = "writes report-sample.html and report-sample.md to the folder for temporary files"]
fn a_sample_to_look_at() {
    let document = sample::document();
    let folder = std::env::temp_dir();
    std::fs::write(folder.join("report-sample.html"), document.html().unwrap()).unwrap();
    std::fs::write(folder.join("report-sample.md"), document.markdown()).unwrap();
}
