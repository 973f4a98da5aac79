//! Many rows by one statement, with each value bound.
//!
//! What comes as JSON is parsed by SQLite, and each value is looked for in it: for a wide row
//! that costs more than to write it.

use std::fmt::Write;

/// How many rows one statement takes: as many as pay, then what is left. Each number makes a
/// statement of its own, which is prepared once.
const ROWS: [usize; 3] = [64, 8, 1];

/// A statement that takes many rows.
pub(crate) struct Bulk {
    /// The columns of the rows, as the statement calls them.
    pub(crate) columns: &'static [&'static str],
    /// What is done with the rows, which are called `new`. `$1` and so on are values that they
    /// have in common.
    pub(crate) statement: &'static str,
}

impl Bulk {
    /// The statement for so many rows. Their values are bound first, then the common ones.
    pub(crate) fn sql(&self, rows: usize) -> String {
        let width = self.columns.len();
        let mut sql = format!("WITH new ({}) AS (VALUES ", self.columns.join(", "));
        for row in 0..rows {
            sql.push_str(if row == 0 { "(?" } else { ", (?" });
            for _ in 1..width {
                sql.push_str(", ?");
            }
            sql.push(')');
        }
        sql.push_str(") ");
        let mut parts = self.statement.split('$');
        sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let (common, rest) = part.split_at_checked(1).unwrap_or_default();
            let common: usize = common.parse().unwrap_or_default();
            let _ = write!(sql, "?{}{rest}", rows * width + common);
        }
        sql
    }
}

/// Rows, as many together as one statement takes.
pub(crate) fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = ROWS.into_iter().find(|size| *size <= rows.len())?;
        let (chunk, rest) = rows.split_at(size);
        rows = rest;
        Some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_rows_come_before_common_ones() {
        let bulk = Bulk {
            columns: &["a", "b"],
            statement: "INSERT INTO t (c, a, b, d) SELECT $1, a, b, $2 FROM new",
        };
        assert_eq!(
            bulk.sql(2),
            "WITH new (a, b) AS (VALUES (?, ?), (?, ?)) \
             INSERT INTO t (c, a, b, d) SELECT ?5, a, b, ?6 FROM new"
        );
    }

    #[test]
    fn no_row_is_left_over() {
        let rows: Vec<_> = (0..147).collect();
        let sizes: Vec<_> = chunks(&rows).map(<[_]>::len).collect();
        assert_eq!(sizes, [64, 64, 8, 8, 1, 1, 1]);
        let all: Vec<_> = chunks(&rows).flatten().copied().collect();
        assert_eq!(all, rows);
        assert_eq!(chunks::<u8>(&[]).count(), 0);
    }
}
