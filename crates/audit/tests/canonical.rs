//! Different records never have the same bytes, and so no hash stands for two.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too")]

use jiff::Timestamp;
use proptest::{option, prelude::*};
use uuid::Uuid;
use writeback_audit::{Hash, Record};
use writeback_model::{TenantId, UserId};

/// Texts that differ in little, and could run into each other.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab\\x00\\x01]{0,4}",
        Just("\u{0}\u{0}\u{0}\u{1}a".to_owned()),
        any::<String>(),
    ]
}

fn id() -> impl Strategy<Value = Option<Uuid>> {
    option::of((0..3_u128).prop_map(Uuid::from_u128))
}

prop_compose! {
    fn record()(
        chain in id(), number in option::of(0..3_u64), seq in -1..3_i64, at in 0..3_i64,
        actor in text(), activity in text(), user in id(), correlation in id(),
        address in option::of(text()), result in text(), detail in text(),
    ) -> Record<'static> {
        Record {
            chain: chain.map(TenantId::from_uuid),
            number,
            seq,
            at: Timestamp::from_microsecond(at).unwrap(),
            actor: actor.into(),
            activity: activity.into(),
            user: user.map(UserId::from_uuid),
            correlation,
            address: address.map(Into::into),
            result: result.into(),
            detail: detail.into(),
        }
    }
}

/// The same record with one field of another.
fn mixed(one: &Record<'static>, other: &Record<'static>, field: u8) -> Record<'static> {
    let (one, other) = (one.clone(), other.clone());
    match field {
        0 => Record {
            chain: other.chain,
            ..one
        },
        1 => Record {
            number: other.number,
            ..one
        },
        2 => Record {
            seq: other.seq,
            ..one
        },
        3 => Record {
            at: other.at,
            ..one
        },
        4 => Record {
            actor: other.actor,
            ..one
        },
        5 => Record {
            activity: other.activity,
            ..one
        },
        6 => Record {
            user: other.user,
            ..one
        },
        7 => Record {
            correlation: other.correlation,
            ..one
        },
        8 => Record {
            address: other.address,
            ..one
        },
        9 => Record {
            result: other.result,
            ..one
        },
        10 => Record {
            detail: other.detail,
            ..one
        },
        // What moves from one field to the next.
        11 => Record {
            result: one.detail,
            detail: one.result,
            ..other
        },
        _ => Record {
            user: one.correlation.map(UserId::from_uuid),
            correlation: one.user.map(UserId::uuid),
            ..one
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn records_have_the_same_bytes_when_they_are_the_same(
        one in record(), other in record(), field in 0..13_u8,
    ) {
        for other in [&other, &mixed(&one, &other, field)] {
            let same = one == *other;
            prop_assert_eq!(one.canonical() == other.canonical(), same);
            let before = Hash([0; 32]);
            prop_assert_eq!(one.hash(before) == other.hash(before), same);
        }
        prop_assert_ne!(one.hash(Hash([0; 32])), one.hash(Hash([1; 32])));
    }
}

#[test]
fn the_form_does_not_change() {
    let record = Record {
        chain: Some(TenantId::from_uuid(Uuid::from_u128(1))),
        number: Some(1),
        seq: 2,
        at: Timestamp::from_microsecond(3).unwrap(),
        actor: "a".into(),
        activity: "b".into(),
        user: None,
        correlation: Some(Uuid::from_u128(4)),
        address: None,
        result: "c".into(),
        detail: "".into(),
    };
    let id = |last| format!("010000001000000000000000000000000000000{last:03x}");
    let number = |last| format!("010000000800000000000000{last:02x}");
    let expected = format!(
        "{}00{}{}{}{}{}{}00{}00{}{}",
        hex::encode("writeback audit record 1"),
        id(1),
        number(1),
        number(2),
        number(3),
        "010000000161",
        "010000000162",
        id(4),
        "010000000163",
        "0100000000",
    );
    assert_eq!(hex::encode(record.canonical()), expected);
}
