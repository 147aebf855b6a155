//! Tables as people read them: columns under headings, as wide as what stands in them. Texts of others come in with their control
//! characters made visible.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::style::{Look, Style, visible};

/// Space between columns.
const GAP: usize = 2;

/// One cell.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    look: Look,
}

impl Cell {
    pub(crate) fn new(text: &str, look: Look) -> Self {
        Self { text: visible(text), look }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::new(text, Look::Plain)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::new(&text, Look::Plain)
    }
}

/// Rows under headings.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn new(head: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { head: head.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as text. Without rows it is empty, headings and all.
    pub(crate) fn render(&self, style: Style) -> String {
        let mut text = String::new();
        if self.rows.is_empty() {
            return text;
        }
        let widths = self.widths();
        let line = |text: &mut String, cells: &mut dyn Iterator<Item = (String, usize)>| {
            let mut due = 0;
            for ((painted, width), column) in cells.zip(&widths) {
                // Only before something, so that no line ends in blanks.
                if width > 0 {
                    let _ = write!(text, "{:due$}{painted}", "");
                    due = 0;
                }
                due += column + GAP - width;
            }
            text.push('\n');
        };
        line(&mut text, &mut self.head.iter().map(|name| (style.bold(name), name.width())));
        for row in &self.rows {
            line(&mut text, &mut row.iter().map(|cell| (style.look(cell.look, &cell.text), cell.text.width())));
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let cell = |row: &Vec<Cell>, column: usize| row.get(column).map_or(0, |cell| cell.text.width());
        let widest = |(column, name): (usize, &String)| self.rows.iter().map(|row| cell(row, column)).chain([name.width()]).max();
        self.head.iter().enumerate().map(|column| widest(column).unwrap_or_default()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["ID", "NAME", "STATE"]);
        table.row(["1".into(), "日本".into(), Cell::new("enabled", Look::Good)]);
        table.row(["22".into(), "\u{1b}]0;x\u{7}".into(), "".into()]);
        table
    }

    #[test]
    fn columns_line_up_and_nothing_is_obeyed() {
        insta::assert_snapshot!(table().render(Style::plain()));
        assert_eq!(Table::new(["ID"]).render(Style::plain()), "");
    }

    #[test]
    fn colour_does_not_move_columns() {
        insta::assert_snapshot!(table().render(Style::coloured()).replace('\u{1b}', "^"));
    }
}
