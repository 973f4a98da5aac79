//! The protocol as it looks on the wire.

use proptest::prelude::*;
use uuid::Uuid;
use writeback_model::{
    AgentId, BannedMode, Cause, KeyId, Operation, Outcome, Remark, RequestId, RunId, SignInId,
    Target, TenantId,
};

use crate::*;

fn begun() -> Begun {
    Begun {
        controller: "dc1.corp.test".into(),
        invocation: Some(Uuid::from_u128(8)),
        version_before: Some(3),
        directory_time: "2026-11-23T08:00:00Z".parse().unwrap(),
        remarks: vec![Remark::Unlocked],
    }
}

fn ticket() -> LinkTicket {
    LinkTicket {
        number: 7,
        held: Uuid::from_u128(9),
        next: Uuid::from_u128(10),
    }
}

fn request() -> RequestId {
    RequestId::from_uuid(Uuid::from_u128(1))
}

fn run() -> RunId {
    RunId::from_uuid(Uuid::from_u128(5))
}

fn target() -> Target {
    Target {
        forest: "corp.test".parse().unwrap(),
        domain: "corp.test".parse().unwrap(),
        anchor: writeback_model::SourceAnchor::try_from_bytes(&[7; 16]).unwrap(),
    }
}

fn sealed() -> SealedSecret {
    SealedSecret {
        key: KeyId::from_uuid(Uuid::from_u128(2)),
        encapsulated: "ZW5j".into(),
        ciphertext: "Y3Q=".into(),
    }
}

fn to_agent() -> Vec<ToAgent> {
    let time = "2026-11-23T08:00:00Z".parse().unwrap();
    let operation = Operation::Reset {
        force_change: false,
    };
    vec![
        ToAgent::Welcome {
            agent: AgentId::from_uuid(Uuid::from_u128(3)),
            tenant: TenantId::from_uuid(Uuid::from_u128(4)),
            server_time: time,
            reconnect_within_ms: 200,
        },
        ToAgent::Execute(Execute {
            request: request(),
            operation,
            target: target(),
            expires_at: time,
            sealed: Some(sealed()),
        }),
        ToAgent::Grant {
            request: request(),
            start_within_ms: 5000,
        },
        ToAgent::Deny {
            request: request(),
            why: DenyReason::Taken,
        },
        ToAgent::Recorded { request: request() },
        ToAgent::Resolve(Resolve {
            request: request(),
            operation,
            target: target(),
            claimed_by: AgentId::from_uuid(Uuid::from_u128(3)),
            claimed_at: time,
            begun: Some(Box::new(begun())),
        }),
        ToAgent::Resolve(Resolve {
            request: request(),
            operation,
            target: target(),
            claimed_by: AgentId::from_uuid(Uuid::from_u128(3)),
            claimed_at: time,
            begun: None,
        }),
        ToAgent::Import(ImportOrder {
            run: run(),
            forest: "corp.test".parse().unwrap(),
            kind: ImportKind::Delta,
            attributes: vec!["mail".into()],
            positions: vec![Position {
                domain: "corp.test".parse().unwrap(),
                cookie: Some("TVNEUw==".into()),
                controller: "CN=NTDS Settings,CN=DC1".into(),
                usn: 4711,
            }],
        }),
        ToAgent::Watch {
            forest: "corp.test".parse().unwrap(),
            attributes: vec!["mail".into()],
        },
        ToAgent::Unwatch {
            forest: "corp.test".parse().unwrap(),
        },
        ToAgent::WriteAnchors {
            run: run(),
            forest: "corp.test".parse().unwrap(),
            objects: vec![ObjectName {
                domain: "corp.test".parse().unwrap(),
                anchor: target().anchor,
            }],
        },
        ToAgent::RollKeys,
        ToAgent::BannedTerms(BannedTerms {
            revision: "9f86d081".into(),
            mode: BannedMode::Enforce,
            terms: vec!["gudang".into()],
            tenant_name: "Contoh".into(),
        }),
        ToAgent::SignIn(SignIn {
            sign_in: SignInId::from_uuid(Uuid::from_u128(6)),
            target: target(),
            expires_at: time,
            begin_within_ms: 5000,
            sealed: sealed(),
        }),
        ToAgent::Copied {
            host: "agent2".into(),
        },
        ToAgent::Restarting {
            reconnect_within_ms: 30_000,
        },
    ]
}

fn to_cloud() -> Vec<ToCloud> {
    let status = ForestStatus {
        forest: "corp.test".parse().unwrap(),
        domains: vec![ServedDomain {
            name: "corp.test".parse().unwrap(),
            netbios: Some("CORP".into()),
            upn_suffixes: vec!["example.org".into()],
        }],
        health: ForestHealth::NotReady {
            cause: Cause::PdcEmulatorUnreachable,
        },
        scope: Some("9f86d081".into()),
    };
    let key = SealingKey {
        id: KeyId::from_uuid(Uuid::from_u128(2)),
        public: "cHVibGlj".into(),
    };
    vec![
        ToCloud::Hello(Hello {
            protocol: PROTOCOL_VERSION,
            version: "0.1.0".into(),
            host: "agent1".into(),
            sealing_key: key.clone(),
            forests: vec![status.clone()],
            ticket: Some(ticket()),
        }),
        ToCloud::Status(status),
        ToCloud::Key(key),
        ToCloud::Ticket(ticket()),
        ToCloud::Leaving,
        ToCloud::Claim { request: request() },
        ToCloud::Begun {
            request: request(),
            begun: begun(),
        },
        ToCloud::Outcome {
            request: request(),
            outcome: Outcome::Changed {
                remarks: vec![Remark::Unlocked],
            },
            evidence: Evidence {
                version_before: Some(3),
                ..Evidence::default()
            },
        },
        ToCloud::Outcome {
            request: request(),
            outcome: Cause::PasswordTooShort { minimum: Some(12) }.into(),
            evidence: Evidence::default(),
        },
        ToCloud::Unresolved {
            request: request(),
            cause: Cause::PdcEmulatorUnreachable,
        },
        ToCloud::SignedIn(SignedIn {
            sign_in: SignInId::from_uuid(Uuid::from_u128(6)),
            answer: SignInAnswer::WrongPassword,
            lockout: Some(LockoutPolicy {
                threshold: 5,
                window_seconds: 1800,
                of_domain: true,
            }),
        }),
        ToCloud::ImportFailed {
            run: run(),
            cause: Cause::DirectoryBusy,
            detail: "dc1 closed the connection".into(),
            cookie_refused: false,
        },
        ToCloud::Changed {
            forest: "corp.test".parse().unwrap(),
        },
        ToCloud::AnchorsWritten {
            run: run(),
            written: 1,
            already: 2,
            refused: 0,
            why: None,
        },
    ]
}

/// The exact text of every frame: a change here is a change of the protocol.
#[test]
fn frames_look_like_this() {
    let lines: Vec<String> = to_agent()
        .iter()
        .map(|frame| encode(frame).unwrap())
        .chain(to_cloud().iter().map(|frame| encode(frame).unwrap()))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_frame_survives_the_way() {
    for frame in to_agent() {
        assert_eq!(decode::<ToAgent>(&encode(&frame).unwrap()).unwrap(), frame);
    }
    for frame in to_cloud() {
        assert_eq!(decode::<ToCloud>(&encode(&frame).unwrap()).unwrap(), frame);
    }
}

#[test]
fn a_newer_peers_frame_is_told_from_a_broken_one() {
    assert!(matches!(
        decode::<ToAgent>(r#"{"type":"dance","how":"tango"}"#),
        Err(WireError::UnknownType)
    ));
    assert!(matches!(
        decode::<ToAgent>(r#"{"type":"grant"}"#),
        Err(WireError::Malformed { .. })
    ));
    assert!(matches!(
        decode::<ToAgent>("{"),
        Err(WireError::Malformed { .. })
    ));
}

/// A frame that this version sends is no frame of a newer one: where it is broken, that is said.
#[test]
fn every_type_is_known() {
    let kind = |text: &str| -> String {
        let frame: serde_json::Value = serde_json::from_str(text).unwrap();
        frame["type"].as_str().unwrap().to_owned()
    };
    for frame in to_agent() {
        let kind = kind(&encode(&frame).unwrap());
        assert!(ToAgent::TYPES.contains(&kind.as_str()), "{kind}");
    }
    for frame in to_cloud() {
        let kind = kind(&encode(&frame).unwrap());
        assert!(ToCloud::TYPES.contains(&kind.as_str()), "{kind}");
    }
}

#[test]
fn a_frame_that_is_too_large_is_refused_unread() {
    let text = " ".repeat(FRAME_BYTES_MAX + 1);
    assert!(matches!(
        decode::<ToCloud>(&text),
        Err(WireError::TooLarge(_))
    ));
}

#[test]
fn an_error_never_repeats_what_was_in_the_frame() {
    let text = r#"{"type":"execute","sealed":"kanari-42"}"#;
    let error = decode::<ToAgent>(text).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("kanari"));
}

proptest! {
    #[test]
    fn no_text_ends_the_program(text in ".*") {
        let _ = decode::<ToAgent>(&text);
        let _ = decode::<ToCloud>(&text);
    }

    #[test]
    fn a_damaged_frame_does_not_end_the_program(
        which in 0_usize..11,
        at in 0_usize..400,
        byte in any::<u8>(),
    ) {
        let mut bytes = encode(&to_agent()[which]).unwrap().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes) {
            let _ = decode::<ToAgent>(&text);
        }
    }
}

/// Regenerates the schema, and fails when the checked-in one differs.
#[test]
fn the_schema_is_the_one_checked_in() {
    let mut text = String::new();
    for (name, schema) in [
        ("ToAgent", schemars::schema_for!(ToAgent)),
        ("ToCloud", schemars::schema_for!(ToCloud)),
        ("EnrolRequest", schemars::schema_for!(http::EnrolRequest)),
        ("EnrolResponse", schemars::schema_for!(http::EnrolResponse)),
        ("TokenResponse", schemars::schema_for!(http::TokenResponse)),
        ("ImportBatch", schemars::schema_for!(http::ImportBatch)),
        (
            "ImportComplete",
            schemars::schema_for!(http::ImportComplete),
        ),
        ("KnownAgent", schemars::schema_for!(round_trip::KnownAgent)),
        (
            "RoundTripWanted",
            schemars::schema_for!(round_trip::RoundTripWanted),
        ),
        (
            "RoundTripPrepared",
            schemars::schema_for!(round_trip::RoundTripPrepared),
        ),
        (
            "RoundTripSealed",
            schemars::schema_for!(round_trip::RoundTripSealed),
        ),
        (
            "RoundTripTold",
            schemars::schema_for!(round_trip::RoundTripTold),
        ),
        ("ApiError", schemars::schema_for!(http::ApiError)),
    ] {
        let separator = if text.is_empty() { "{" } else { "," };
        let body = serde_json::to_string_pretty(&schema)
            .unwrap()
            .replace('\n', "\n  ");
        text.push_str(&format!("{separator}\n  \"{name}\": {body}"));
    }
    text.push_str("\n}\n");
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/protocol/frames.schema.json"
    );
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    if checked_in != text {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        std::fs::write(path, &text).unwrap();
        panic!("the frame schema changed: {path} was written anew, look at it and commit it");
    }
}
