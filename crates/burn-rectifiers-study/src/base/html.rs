//! What all pages for browsers have in common.

/// A page of its own: it needs no other file. `body` is HTML, `title` is text.
pub(crate) fn page(title: &str, style: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n\
         {body}</body>\n</html>\n"
    )
}

/// Text as it stands between tags, or between the quotes of an attribute.
pub(crate) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// The drawing as an image with a name, not text to be read out.
pub(crate) fn labelled(svg: &str, label: &str) -> String {
    let label = escaped(label);
    svg.replacen(
        "<svg ",
        &format!("<svg role=\"img\" aria-label=\"{label}\" "),
        1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_no_tags() {
        assert_eq!(escaped("a < b && b > c"), "a &lt; b &amp;&amp; b &gt; c");
    }

    #[test]
    fn labels_stay_between_their_quotes() {
        assert_eq!(
            labelled("<svg width=\"1\"/>", "a \"b\""),
            "<svg role=\"img\" aria-label=\"a &quot;b&quot;\" width=\"1\"/>"
        );
    }
}
