//! Tables: columns as wide as what is in them.

use std::fmt;

/// Rows of text under a head.
pub(in crate::admin) struct Table {
    head: Vec<&'static str>,
    /// Of each column, whether it holds numbers.
    is_number: Vec<bool>,
    rows: Vec<Row>,
}

struct Row {
    cells: Vec<String>,
    note: Option<String>,
}

impl Table {
    /// A table of that head. A column whose name begins with `#` holds numbers: it is set to
    /// the right, and shown without the sign.
    pub(in crate::admin) fn new(head: &[&'static str]) -> Self {
        Self {
            is_number: head.iter().map(|name| name.starts_with('#')).collect(),
            head: head
                .iter()
                .map(|name| name.trim_start_matches('#'))
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(in crate::admin) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(Row {
            cells: cells.into_iter().map(|cell| one_line(&cell)).collect(),
            note: None,
        });
    }

    /// Adds a line under the last row, for what fits in no column.
    pub(in crate::admin) fn note(&mut self, text: &str) {
        if let Some(row) = self.rows.last_mut() {
            row.note = Some(one_line(text));
        }
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.head.iter().map(|name| name.chars().count()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(&row.cells) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
    }
}

/// What a directory holds must not move the cursor of whoever reads it.
pub(in crate::admin) fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let mut line = |cells: &mut dyn Iterator<Item = &str>| {
            let mut text = String::new();
            for ((cell, &width), &is_number) in cells.zip(&widths).zip(&self.is_number) {
                if is_number {
                    text.push_str(&format!("{cell:>width$}  "));
                } else {
                    text.push_str(&format!("{cell:width$}  "));
                }
            }
            writeln!(f, "{}", text.trim_end())
        };
        line(&mut self.head.iter().copied())?;
        for row in &self.rows {
            line(&mut row.cells.iter().map(String::as_str))?;
            if let Some(note) = &row.note {
                line(&mut [format!("    {note}").as_str()].into_iter())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let mut table = Table::new(&["FOREST", "#READ"]);
        table.row(["corp.example.org".into(), "5,012".into()]);
        table.row(["a".into(), "3".into()]);
        table.note("why");
        assert_eq!(
            table.to_string(),
            "FOREST             READ\n\
             corp.example.org  5,012\n\
             a                     3\n    why\n"
        );
    }

    #[test]
    fn a_name_from_a_directory_cannot_move_the_cursor() {
        let mut table = Table::new(&["NAME"]);
        table.row(["a\x1b[2Jb\nc".into()]);
        assert_eq!(table.to_string(), "NAME\na\u{fffd}[2Jb\u{fffd}c\n");
    }
}
