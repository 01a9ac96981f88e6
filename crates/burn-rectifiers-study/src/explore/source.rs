//! Links in the text that says where an activation comes from.

/// The text with each arXiv number turned into what `link` makes of it and its address; the rest
/// becomes what `plain` makes of it.
pub(super) fn linked(
    source: &str,
    plain: impl Fn(&str) -> String,
    link: impl Fn(&str, &str) -> String,
) -> String {
    const MARK: &str = "arXiv:";
    let mut text = String::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once(MARK) {
        let end = after.find(|c: char| !(c.is_ascii_digit() || c == '.'));
        let number = after[..end.unwrap_or(after.len())].trim_end_matches('.');
        text += &plain(before);
        text += &match number {
            "" => plain(MARK),
            number => link(
                &format!("{MARK}{number}"),
                &format!("https://arxiv.org/abs/{number}"),
            ),
        };
        rest = &after[number.len()..];
    }
    text + &plain(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_are_linked() {
        let html = |source| {
            linked(source, str::to_uppercase, |name, to| {
                format!("[{name}]({to})")
            })
        };
        assert_eq!(
            html("He 2015, arXiv:1502.01852, and others"),
            "HE 2015, [arXiv:1502.01852](https://arxiv.org/abs/1502.01852), AND OTHERS"
        );
        assert_eq!(html("Maas 2013"), "MAAS 2013");
        assert_eq!(
            html("arXiv:x arXiv:1."),
            "ARXIV:X [arXiv:1](https://arxiv.org/abs/1)."
        );
    }
}
