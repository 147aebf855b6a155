//! An event of a log as a terminal shows it. What an event holds is the author's, and in part that of whoever logs in.

use crate::style::visible;

/// What stands before each further line of an event, so that none of them passes for an event of its own.
const FURTHER: &str = "  | ";

/// The lines of an event, each with `indent` before it and a newline behind it. Tabs stand between time, level and message, and harm nobody.
pub(crate) fn lines(event: &str, indent: &str) -> String {
    let shown = |line: &str| line.split('\t').map(visible).collect::<Vec<_>>().join("\t");
    let mut text = String::with_capacity(event.len() + indent.len() + 1);
    for (number, line) in event.split('\n').enumerate() {
        let further = if number > 0 { FURTHER } else { "" };
        text.push_str(&format!("{indent}{further}{}\n", shown(line)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_lines_are_marked() {
        let forged = "2026-11-27T00:00:00.000Z\tid\tINFO\tlogin of bob\n2026-11-27T00:00:00.000Z\tid\tERROR\tforged\u{1b}[2K\r\n";
        assert_eq!(
            lines(forged, "  "),
            "  2026-11-27T00:00:00.000Z\tid\tINFO\tlogin of bob\n    | 2026-11-27T00:00:00.000Z\tid\tERROR\tforged\\u{1b}[2K\\r\n    | \n"
        );
        assert_eq!(lines("", ""), "\n");
    }

    #[test]
    fn nothing_but_a_newline_ends_a_line() {
        for separator in ["\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "\u{1e}"] {
            let shown = lines(&format!("a{separator}b"), "");
            assert!(shown.lines().count() == 1 && !shown.contains(separator), "{shown:?}");
        }
    }
}
