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
    /// Nothing can be written, as the disk is full or its file system read-only. What was to be
    /// written is not, and no part of it.
    #[error("the database cannot be written, as {why}: it failed while it was to {doing}")]
    Unwritable {
        /// What was being done, as the end of a sentence.
        doing: &'static str,
        /// Why.
        why: Unwritable,
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

/// Why nothing can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// No room.
    #[error("its disk is full")]
    Full,
    /// A file system that takes no writes: mounted so, or after an error of the disk.
    #[error("its file system is read-only, or its disk failed")]
    ReadOnly,
}
