//! The difference between two texts, as `diff -u` shows it.

use similar::{ChangeTag, TextDiff};

use crate::style::Look;
use crate::style::{Style, visible};

/// The lines that differ, with their surroundings; empty where none does.
pub(crate) fn unified(old: &str, new: &str, names: (&str, &str), style: Style) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut text = String::new();
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        if text.is_empty() {
            text.push_str(&format!(
                "{}\n{}\n",
                style.bold(&format!("--- {}", visible(names.0))),
                style.bold(&format!("+++ {}", visible(names.1)))
            ));
        }
        text.push_str(&format!("{}\n", style.dim(&hunk.header().to_string())));
        for change in hunk.iter_changes() {
            let (sign, look) = match change.tag() {
                ChangeTag::Delete => ("-", Look::Bad),
                ChangeTag::Insert => ("+", Look::Good),
                ChangeTag::Equal => (" ", Look::Plain),
            };
            let line = change.value().trim_end_matches(['\n', '\r']).replace('\t', "    ");
            text.push_str(&format!("{}\n", style.look(look, &format!("{sign}{}", visible(&line)))));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differing_lines_are_shown_and_equal_texts_are_not() {
        assert_eq!(unified("a\nb\n", "a\nb\n", ("x", "y"), Style::plain()), "");
        let shown = unified("a\nb\n", "a\n\u{1b}c\n", ("server", "here"), Style::plain());
        assert_eq!(shown, "--- server\n+++ here\n@@ -1,2 +1,2 @@\n a\n-b\n+\\u{1b}c\n");
    }
}
