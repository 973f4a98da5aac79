//! Records as other programs read them.

mod cef;
mod check;
mod json_lines;
mod syslog;

use jiff::Timestamp;

pub use cef::cef;
pub use check::{ExportCheck, ExportProblem, Verdict};
pub use json_lines::JsonLines;
pub use syslog::syslog;

use crate::{activity, record::Record};

/// A time as it is written in an export: always with six digits, always UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

/// The activity's short name; `other` for one that this version does not know.
fn id_of(record: &Record<'_>) -> &'static str {
    activity::by_name(&record.activity).map_or("other", |it| it.id)
}

/// Whether all went as it was wished.
fn went_well(record: &Record<'_>) -> bool {
    record.result == "success"
}

#[cfg(test)]
pub(crate) fn sample() -> Record<'static> {
    use uuid::Uuid;
    use writeback_model::{TenantId, UserId};
    Record {
        chain: Some(TenantId::from_uuid(Uuid::from_u128(1))),
        number: Some(7),
        seq: 12,
        at: Timestamp::from_microsecond(1_790_000_000_500_000).unwrap(),
        actor: r#"{"kind":"person","id":"00000000-0000-0000-0000-000000000009"}"#.into(),
        activity: activity::RESET_SELF_SERVICE.into(),
        user: Some(UserId::from_uuid(Uuid::from_u128(9))),
        correlation: Some(Uuid::from_u128(8)),
        address: Some("203.0.113.9".into()),
        result: "password-in-history".into(),
        detail: "a|b=c\\d\n\"e]".into(),
    }
}
