//! From values to columns and back.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Serialize, Serializer, de::DeserializeOwned};
use sqlx::{Decode, Row, Sqlite, Type, sqlite::SqliteRow};
use uuid::{Uuid, fmt::Simple};
use writeback_model::SourceAnchor;
use writeback_store::{StoreError, TokenHash, Unwritable};

/// Says what the database was to do when it failed.
pub(crate) trait Doing<T> {
    /// `what` ends the sentence "the database failed while it was to ...".
    fn doing(self, what: &'static str) -> Result<T, StoreError>;
}

impl<T, E: std::error::Error + Send + Sync + 'static> Doing<T> for Result<T, E> {
    fn doing(self, what: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| match unwritable(&source) {
            Some(why) => StoreError::Unwritable {
                doing: what,
                why,
                source: Box::new(source),
            },
            None => StoreError::Database {
                doing: what,
                source: Box::new(source),
            },
        })
    }
}

/// Whether SQLite could not write, and has rolled back. A sync that failed is none of these: what
/// was to be synced may be there. <https://sqlite.org/rescode.html>
fn unwritable(error: &(dyn std::error::Error + 'static)) -> Option<Unwritable> {
    const READONLY: u32 = 8;
    const FULL: u32 = 13;
    const IOERR_WRITE: u32 = 778;
    let error = error.downcast_ref::<sqlx::Error>()?.as_database_error()?;
    match error.code()?.parse::<u32>().ok()? {
        code if code & 0xff == FULL => Some(Unwritable::Full),
        code if code & 0xff == READONLY || code == IOERR_WRITE => Some(Unwritable::ReadOnly),
        _ => None,
    }
}

/// A time as it is kept: microseconds since 1970.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A structure as it is kept.
pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Result<String, StoreError> {
    serde_json::to_string(value).doing("write a structure as JSON")
}

/// 16 bytes as they go to SQL's `unhex` in JSON.
pub(crate) struct Hex(pub(crate) [u8; 16]);

impl Hex {
    pub(crate) const fn anchor(anchor: SourceAnchor) -> Self {
        Self(*anchor.bytes())
    }

    pub(crate) const fn uuid(uuid: Uuid) -> Self {
        Self(uuid.into_bytes())
    }
}

impl Hex {
    pub(crate) fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; Simple::LENGTH];
        let text = Uuid::from_bytes(self.0).simple().encode_lower(&mut text);
        serializer.serialize_str(text)
    }
}

/// A number of things as it is kept.
pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// One row of a table, read with care: what is not what it should be is an error that names
/// the column, never the value.
pub(crate) struct Columns<'r> {
    pub(crate) row: &'r SqliteRow,
    pub(crate) table: &'static str,
}

impl<'r> Columns<'r> {
    pub(crate) const fn bad(&self, column: &'static str) -> StoreError {
        StoreError::Inconsistent {
            table: self.table,
            column,
        }
    }

    pub(crate) fn get<T>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite>,
    {
        self.row.try_get(column).map_err(|_| self.bad(column))
    }

    pub(crate) fn id<T>(
        &self,
        column: &'static str,
        make: impl Fn(Uuid) -> T,
    ) -> Result<T, StoreError> {
        self.get(column).map(make)
    }

    pub(crate) fn maybe_id<T>(
        &self,
        column: &'static str,
        make: impl Fn(Uuid) -> T,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.get::<Option<Uuid>>(column)?.map(make))
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        Timestamp::from_microsecond(self.get(column)?).map_err(|_| self.bad(column))
    }

    pub(crate) fn maybe_time(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        self.get::<Option<i64>>(column)?
            .map(|micros| Timestamp::from_microsecond(micros).map_err(|_| self.bad(column)))
            .transpose()
    }

    pub(crate) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.get::<&str>(column)?
            .parse()
            .map_err(|_| self.bad(column))
    }

    /// What has a name, such as a state, by its name.
    pub(crate) fn named<T>(
        &self,
        column: &'static str,
        from_name: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        from_name(self.get(column)?).ok_or_else(|| self.bad(column))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(self.get(column)?).map_err(|_| self.bad(column))
    }

    pub(crate) fn maybe_json<T: DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        self.get::<Option<&str>>(column)?
            .map(|text| serde_json::from_str(text).map_err(|_| self.bad(column)))
            .transpose()
    }

    pub(crate) fn anchor(&self, column: &'static str) -> Result<SourceAnchor, StoreError> {
        SourceAnchor::try_from_bytes(self.get(column)?).map_err(|_| self.bad(column))
    }

    pub(crate) fn maybe_anchor(
        &self,
        column: &'static str,
    ) -> Result<Option<SourceAnchor>, StoreError> {
        self.get::<Option<&[u8]>>(column)?
            .map(|bytes| SourceAnchor::try_from_bytes(bytes).map_err(|_| self.bad(column)))
            .transpose()
    }

    pub(crate) fn maybe_named<T>(
        &self,
        column: &'static str,
        from_name: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        self.get::<Option<&str>>(column)?
            .map(|name| from_name(name).ok_or_else(|| self.bad(column)))
            .transpose()
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| self.bad(column))
    }

    pub(crate) fn bytes32(&self, column: &'static str) -> Result<[u8; 32], StoreError> {
        self.get::<&[u8]>(column)?
            .try_into()
            .map_err(|_| self.bad(column))
    }

    pub(crate) fn maybe_hash(&self, column: &'static str) -> Result<Option<TokenHash>, StoreError> {
        self.get::<Option<&[u8]>>(column)?
            .map(|bytes| {
                bytes
                    .try_into()
                    .map(TokenHash)
                    .map_err(|_| self.bad(column))
            })
            .transpose()
    }
}
