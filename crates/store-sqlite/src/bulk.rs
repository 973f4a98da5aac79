//! Many new rows by one statement, with each value bound.
//!
//! What comes as JSON is parsed by SQLite, and each value is looked for in it: for a wide row
//! that costs more than to write it.

use std::fmt::Write;

/// How many rows one statement takes: as many as pay, then what is left. Each number makes a
/// statement of its own, which is prepared once.
const ROWS: [usize; 3] = [64, 8, 1];

/// An `INSERT` of rows that begin with values they have in common.
pub(crate) struct Insert {
    /// The table and its columns, those in common first.
    pub(crate) into: &'static str,
    /// How many columns they have in common.
    pub(crate) common: usize,
    /// How many each has for itself.
    pub(crate) own: usize,
}

impl Insert {
    /// The statement for so many rows. The rows' own values are bound first, then the common
    /// ones.
    pub(crate) fn sql(&self, rows: usize) -> String {
        let mut sql = String::from("WITH new AS (VALUES ");
        for row in 0..rows {
            sql.push_str(if row == 0 { "(?" } else { ", (?" });
            for _ in 1..self.own {
                sql.push_str(", ?");
            }
            sql.push(')');
        }
        let _ = write!(sql, ") INSERT OR FAIL INTO {} SELECT ", self.into);
        for common in 1..=self.common {
            let _ = write!(sql, "?{}, ", rows * self.own + common);
        }
        sql.push_str("* FROM new");
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
    fn own_values_come_before_common_ones() {
        let insert = Insert {
            into: "t (a, b, c, d)",
            common: 2,
            own: 2,
        };
        assert_eq!(
            insert.sql(2),
            "WITH new AS (VALUES (?, ?), (?, ?)) \
             INSERT OR FAIL INTO t (a, b, c, d) SELECT ?5, ?6, * FROM new"
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
