//! The two marks within a text: `code` and **bold**.

use crate::base::html::escaped;

/// A stretch of text.
#[derive(Debug, PartialEq)]
enum Span<'a> {
    Plain(&'a str),
    Code(&'a str),
    Bold(&'a str),
}

/// The stretches of a text, in order. A mark without its end is text.
fn spans(text: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let (mut rest, mut plain) = (text, 0);
    loop {
        let marks = ["`", "**"].map(|mark| rest[plain..].find(mark).map(|at| (plain + at, mark)));
        let Some((start, mark)) = marks.into_iter().flatten().min() else {
            break;
        };
        let inside = start + mark.len();
        match rest[inside..].find(mark) {
            Some(length) if length > 0 => {
                let content = &rest[inside..inside + length];
                spans.push(Span::Plain(&rest[..start]));
                spans.push(match mark {
                    "`" => Span::Code(content),
                    _ => Span::Bold(content),
                });
                (rest, plain) = (&rest[inside + length + mark.len()..], 0);
            }
            _ => plain = inside,
        }
    }
    spans.push(Span::Plain(rest));
    spans.retain(|span| *span != Span::Plain(""));
    spans
}

/// The text between HTML tags.
pub(super) fn html(text: &str) -> String {
    let span = |span| match span {
        // A number and its unit stay together.
        Span::Plain(text) => escaped(text).replace(" %", "\u{a0}%"),
        Span::Code(code) => format!("<code>{}</code>", escaped(code)),
        Span::Bold(text) => format!("<strong>{}</strong>", html(text)),
    };
    spans(text).into_iter().map(span).collect()
}

/// The text without its marks, for labels.
pub(super) fn plain(text: &str) -> String {
    let span = |span| match span {
        Span::Plain(text) | Span::Code(text) => text.to_string(),
        Span::Bold(text) => plain(text),
    };
    spans(text).into_iter().map(span).collect()
}

/// The text within a line of Markdown.
pub(super) fn markdown(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let span = |span| match span {
        Span::Plain(text) => literal(text),
        Span::Code(code) => format!("`{code}`"),
        Span::Bold(text) => format!("**{}**", markdown(text)),
    };
    spans(&text).into_iter().map(span).collect()
}

/// A paragraph of Markdown: text that begins like a list or a heading is still text.
pub(super) fn paragraph(text: &str) -> String {
    let text = markdown(text);
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let marker = |text: &str, marks: &[char]| {
        let rest = text.strip_prefix(marks);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    if number.len() < text.len() && marker(number, &['.', ')']) {
        let (digits, rest) = text.split_at(text.len() - number.len());
        return format!("{digits}\\{rest}");
    }
    if marker(&text, &['-', '+']) || text.starts_with(['#', '>', '=', '|', '[']) {
        return format!("\\{text}");
    }
    text
}

/// Backslashes before what Markdown would take for a mark.
fn literal(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut written = String::new();
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| chars.get(before));
        let after = chars.get(index + 1);
        let within = |side: Option<&char>| side.is_some_and(|c| c.is_alphanumeric());
        let mark = match c {
            '\\' | '*' | '`' => true,
            '<' => after.is_some_and(|c| c.is_alphabetic() || matches!(c, '/' | '!' | '?')),
            '_' => !within(before) || !within(after),
            '&' => after.is_some_and(|c| c.is_alphabetic() || *c == '#'),
            ']' => matches!(after, Some('(' | '[')),
            _ => false,
        };
        if mark {
            written.push('\\');
        }
        written.push(c);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_marks_and_no_others() {
        let text = "**PReLU** beats `a < b**` by *1* & <i>2</i>, **`elu` & more**";
        assert_eq!(
            html(text),
            "<strong>PReLU</strong> beats <code>a &lt; b**</code> by *1* &amp; \
             &lt;i&gt;2&lt;/i&gt;, <strong><code>elu</code> &amp; more</strong>"
        );
        assert_eq!(
            plain(text),
            "PReLU beats a < b** by *1* & <i>2</i>, elu & more"
        );
        assert_eq!(
            markdown(text),
            "**PReLU** beats `a < b**` by \\*1\\* & \\<i>2\\</i>, **`elu` & more**"
        );
    }

    #[test]
    fn marks_without_an_end_are_text() {
        for text in ["2**3", "a ` b", "****", "``", "x **", "é`ü**"] {
            assert_eq!(html(text), text);
            assert_eq!(plain(text), text);
        }
        assert_eq!(html("a ` **b**"), "a ` <strong>b</strong>");
    }

    #[test]
    fn markdown_takes_text_for_text() {
        for (text, expected) in [
            ("1. first", "1\\. first"),
            ("1.5 points", "1.5 points"),
            ("+1.5 points", "+1.5 points"),
            ("- no item", "\\- no item"),
            ("# no heading", "\\# no heading"),
            ("learnable_elu and _x_", "learnable_elu and \\_x\\_"),
            ("[a]: [1, 2]", "\\[a]: [1, 2]"),
            ("p < 0.1, a <b>, [a](b)", "p < 0.1, a \\<b>, [a\\](b)"),
            ("two\n  lines", "two lines"),
            ("AT&T; a & b", "AT\\&T; a & b"),
            ("", ""),
        ] {
            assert_eq!(paragraph(text), expected);
        }
    }
}
