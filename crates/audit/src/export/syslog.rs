//! Syslog as of RFC 5424.

use std::fmt::Write;

use super::{Moment, id_of, went_well};
use crate::chain::Kept;

/// "Log audit", by RFC 5424.
const FACILITY: u8 = 13;
const WARNING: u8 = 4;
const INFORMATIONAL: u8 = 6;

/// Structured data of one's own is named with a private enterprise number; this is the one that
/// is set aside for examples (RFC 5612), as Writeback has none.
const SD_ID: &str = "writeback@32473";

/// One record as one message of RFC 5424, without a frame or the end of the line. `host` is the
/// machine's name, `-` where it is not told.
pub fn syslog(kept: &Kept<'_>, host: &str) -> String {
    let record = &kept.record;
    let severity = if went_well(record) {
        INFORMATIONAL
    } else {
        WARNING
    };
    let mut line = format!(
        "<{}>1 {} {} writeback - {} [{SD_ID}",
        FACILITY * 8 + severity,
        Moment(record.at),
        host_name(host),
        id_of(record),
    );
    let fields = [
        ("seq", Some(record.seq.to_string())),
        ("number", record.number.map(|number| number.to_string())),
        ("tenant", record.chain.map(|id| id.to_string())),
        ("actor", Some(record.actor.to_string())),
        ("user", record.user.map(|id| id.to_string())),
        ("correlation", record.correlation.map(|id| id.to_string())),
        ("address", record.address.as_deref().map(str::to_owned)),
        ("result", Some(record.result.to_string())),
        ("detail", Some(record.detail.to_string())),
        ("hash", kept.hash.map(|hash| hash.to_string())),
    ];
    for (name, text) in fields {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let _ = write!(line, " {name}=\"{}\"", parameter(&text));
        }
    }
    // The byte order mark says that the message is UTF-8.
    let _ = write!(
        line,
        "] \u{feff}{}: {}",
        plain(&record.activity),
        plain(&record.result)
    );
    line
}

/// A value of structured data: `"`, `\` and `]` are escaped.
fn parameter(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in plain(text).chars() {
        if matches!(letter, '"' | '\\' | ']') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Without anything that would end the line.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// At most 255 printable ASCII characters.
fn host_name(host: &str) -> String {
    let name: String = host
        .chars()
        .filter(char::is_ascii_graphic)
        .take(255)
        .collect();
    match name.is_empty() {
        true => "-".to_owned(),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hash, export::sample, record::Record};

    #[test]
    fn a_message_is_as_the_standard_wants_it() {
        let kept = Kept {
            record: sample(),
            hash: Some(Hash([0xAB; 32])),
        };
        assert_eq!(
            syslog(&kept, "reset.example.org"),
            "<108>1 2026-09-21T14:13:20.500000Z reset.example.org writeback - sspr-reset \
             [writeback@32473 seq=\"12\" number=\"7\" \
             tenant=\"00000000-0000-0000-0000-000000000001\" \
             actor=\"{\\\"kind\\\":\\\"person\\\",\\\"id\\\":\\\"00000000-0000-0000-0000-000000000009\\\"}\" \
             user=\"00000000-0000-0000-0000-000000000009\" \
             correlation=\"00000000-0000-0000-0000-000000000008\" address=\"203.0.113.9\" \
             result=\"password-in-history\" detail=\"a|b=c\\\\d \\\"e\\]\" \
             hash=\"abababababababababababababababababababababababababababababababab\"] \
             \u{feff}Reset password (self-service): password-in-history"
        );
    }

    #[test]
    fn what_is_absent_is_left_out() {
        let record = Record {
            chain: None,
            number: None,
            user: None,
            correlation: None,
            address: None,
            result: "success".into(),
            detail: "".into(),
            actor: r#"{"kind":"cloud"}"#.into(),
            ..sample()
        };
        assert_eq!(
            syslog(&Kept { record, hash: None }, "a b\n"),
            "<110>1 2026-09-21T14:13:20.500000Z ab writeback - sspr-reset [writeback@32473 \
             seq=\"12\" actor=\"{\\\"kind\\\":\\\"cloud\\\"}\" result=\"success\"] \
             \u{feff}Reset password (self-service): success"
        );
    }
}
