//! Why the store could not answer.

/// A store that could not do what it was asked. Never "not found", never "somebody was first":
/// those are answers.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("the database failed while it was to {doing}")]
    Database {
        /// What was being done, as the end of a sentence.
        doing: &'static str,
        /// What the database's driver says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A row that this version cannot read: written by a newer one, or changed by hand.
    #[error("{table} holds a row that cannot be read: {column} is not what it should be")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}
