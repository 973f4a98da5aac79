//! ArcSight's Common Event Format.

use std::{fmt::Write, net::IpAddr};

use writeback_model::TenantId;

use super::{id_of, went_well};
use crate::{chain::Kept, record::Record};

/// CEF's severities, 0 to 10: low, and the lower end of high.
const LOW: u8 = 3;
const HIGH: u8 = 7;

/// One record as one line of CEF version 0, without its end. `version` is the product's.
///
/// `rt` is the time in milliseconds; `cs1` the tenant, `cs2` the actor, `cs3` the correlation,
/// `cs4` the hash, `cs5` an address that is no IP address; `cn1` the number in the chain;
/// `externalId` the number in the whole trail; `duid` the user it is about.
pub fn cef(kept: &Kept<'_>, version: &str) -> String {
    let record = &kept.record;
    let severity = if went_well(record) { LOW } else { HIGH };
    let mut line = format!(
        "CEF:0|Writeback|Writeback|{}|{}|{}|{severity}|rt={} externalId={} outcome={}",
        header(version),
        header(id_of(record)),
        header(&record.activity),
        record.at.as_millisecond(),
        record.seq,
        value(&record.result),
    );
    let mut add = |key: &str, text: &str| {
        let _ = write!(line, " {key}={}", value(text));
    };
    if let Some(user) = record.user {
        add("duid", &user.to_string());
    }
    address(record, &mut add);
    if !record.detail.is_empty() {
        add("msg", &record.detail);
    }
    let custom = [
        (
            "cs1",
            "tenant",
            record.chain.map(|id: TenantId| id.to_string()),
        ),
        ("cs2", "actor", Some(record.actor.to_string())),
        (
            "cs3",
            "correlation",
            record.correlation.map(|id| id.to_string()),
        ),
        ("cs4", "hash", kept.hash.map(|hash| hash.to_string())),
        (
            "cn1",
            "number",
            record.number.map(|number| number.to_string()),
        ),
    ];
    for (key, label, text) in custom {
        if let Some(text) = text {
            add(&format!("{key}Label"), label);
            add(key, &text);
        }
    }
    line
}

fn address(record: &Record<'_>, add: &mut impl FnMut(&str, &str)) {
    let Some(address) = record.address.as_deref() else {
        return;
    };
    match address.parse() {
        Ok(IpAddr::V4(_)) => add("src", address),
        Ok(IpAddr::V6(_)) => {
            add("c6a2Label", "Source IPv6 Address");
            add("c6a2", address);
        }
        Err(_) => {
            add("cs5Label", "address");
            add("cs5", address);
        }
    }
}

/// A header field: the separator and the escape are escaped; a line cannot end in it.
fn header(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '|' => escaped.extend(['\\', letter]),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A value of the extension: `=` and the escape are escaped, line ends are written as `\n` and
/// `\r`. A `|` stays as it is there.
fn value(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '=' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hash, export::sample};

    #[test]
    fn a_line_is_as_the_format_wants_it() {
        let kept = Kept {
            record: sample(),
            hash: Some(Hash([0xAB; 32])),
        };
        assert_eq!(
            cef(&kept, "0.1|x"),
            "CEF:0|Writeback|Writeback|0.1\\|x|sspr-reset|Reset password (self-service)|7|\
             rt=1790000000500 externalId=12 outcome=password-in-history \
             duid=00000000-0000-0000-0000-000000000009 src=203.0.113.9 \
             msg=a|b\\=c\\\\d\\n\"e] cs1Label=tenant cs1=00000000-0000-0000-0000-000000000001 \
             cs2Label=actor cs2={\"kind\":\"person\",\"id\":\"00000000-0000-0000-0000-000000000009\"} \
             cs3Label=correlation cs3=00000000-0000-0000-0000-000000000008 \
             cs4Label=hash \
             cs4=abababababababababababababababababababababababababababababababab \
             cn1Label=number cn1=7"
        );
    }

    #[test]
    fn what_is_absent_is_left_out_and_nothing_ends_the_line() {
        let record = Record {
            chain: None,
            number: None,
            activity: "A\\B|C\r\nD".into(),
            user: None,
            correlation: None,
            address: Some("2001:db8::1".into()),
            result: "success".into(),
            detail: "\u{1b}[31m\r".into(),
            ..sample()
        };
        let line = cef(&Kept { record, hash: None }, "1");
        assert_eq!(
            line,
            "CEF:0|Writeback|Writeback|1|other|A\\\\B\\|C  D|3|rt=1790000000500 externalId=12 \
             outcome=success c6a2Label=Source IPv6 Address c6a2=2001:db8::1 msg= [31m\\r \
             cs2Label=actor \
             cs2={\"kind\":\"person\",\"id\":\"00000000-0000-0000-0000-000000000009\"}"
        );
    }
}
