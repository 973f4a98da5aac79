//! `writeback admin explain`, as somebody at the help desk runs it: the real program on a real
//! database, in which a dozen and more people are blocked, each for a reason of their own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, too"
)]

mod company;

use std::collections::BTreeMap;

use serde_json::Value;

use company::Company;

/// Who, what they wish, and what they are told: the rule, its value, and what would help.
const BLOCKED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "outsider",
        "reset",
        "group",
        "in no group of an entry",
        "Make the person a member of one of these groups: Temps, Keepers, Careful, Staff. Or add \
         the entry of a group that they are in.",
    ),
    (
        "temp",
        "reset",
        "reset-allowed",
        "reset = false",
        "Set reset = true in the reset policy: group entry 1 (Temps).",
    ),
    (
        "keeper",
        "unlock",
        "unlock-allowed",
        "unlock_without_reset = false",
        "Set unlock_without_reset = true in the reset policy: group entry 2 (Keepers), or have \
         the password reset, which unlocks as well.",
    ),
    (
        "careful",
        "reset",
        "gates",
        "2 of: email",
        "Name more methods that this installation can carry out, or ask for fewer gates.",
    ),
    (
        "admin",
        "reset",
        "gates",
        "2 of: email",
        "Administrators pass two gates, and this installation can carry out 1 of their methods: \
         set up another one, or have another administrator set the password.",
    ),
    (
        "unlicensed",
        "reset",
        "licence",
        "for writeback-reset: no licence is held; AAD_PREMIUM or AAD_PREMIUM_P2 is needed",
        "Assign a licence that carries it, to the person or to a group of theirs.",
    ),
    (
        "basic",
        "change",
        "licence",
        "for writeback-change: AAD_BASIC does not carry AAD_PREMIUM or AAD_PREMIUM_P2",
        "Mend the licences that the person holds, or assign another one that carries it.",
    ),
    (
        "switched",
        "reset",
        "writeback-forest",
        "off for off.test",
        "Switch it on: writeback admin writeback enable --forest off.test.",
    ),
    (
        "early",
        "reset",
        "forest-synchronised",
        "new.test: never-imported, never-synchronised",
        "Have it imported and synchronised whole: writeback admin sync run --forest new.test --profile \
         full-cycle.",
    ),
    (
        "gone",
        "reset",
        "account",
        "none that a password could be written to",
        "Bring the account back into the scope of synchronisation, or enable it.",
    ),
    (
        "twice",
        "change",
        "account",
        "enabled in two forests",
        "Disable the one that is not used.",
    ),
    (
        "cloudy",
        "unlock",
        "account",
        "of the cloud, which locks no account for good",
        "Wait until the sign-in is open again, or have the password reset.",
    ),
    (
        "unreachable",
        "reset",
        "registered",
        "0 of 1: none",
        "Give the person a recovery address.",
    ),
    (
        "eager",
        "reset",
        "throttled",
        "passwords per user: used up until 2100-01-01T00:00:00Z",
        "Wait until 2100-01-01T00:00:00Z.",
    ),
    (
        "fine",
        "change",
        "offered",
        "carried out by no page and no call yet",
        "Change it at a computer of the domain, or reset it here.",
    ),
    (
        "cloudy",
        "reset",
        "offered",
        "carried out by no page and no call yet",
        "Have an administrator set the password.",
    ),
];

#[tokio::test]
async fn everybody_who_is_blocked_has_the_reason_that_is_theirs() {
    let company = Company::new().await;
    let mut reasons = BTreeMap::new();
    for (name, wish, rule, value, would_help) in BLOCKED {
        let answer = company.explain(name, wish, 2);
        let noes: Vec<&Value> = answer["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["holds"] == "no")
            // What nobody can do yet is said beside the reason that is theirs.
            .filter(|it| it["rule"] != "offered" || *rule == "offered")
            .collect();
        // Whoever lacks a gate lacks a registration for it, too.
        let expected = if *rule == "gates" { 2 } else { 1 };
        assert_eq!(noes.len(), expected, "{name}: {noes:#?}");
        let first = noes.first().unwrap();
        assert_eq!(first["rule"], *rule, "{name}");
        assert_eq!(first["value"], *value, "{name}");
        assert_eq!(first["would_help"], *would_help, "{name}");
        assert_eq!(answer["allowed"], false);
        let before = reasons.insert((*would_help, *value), *name);
        assert_eq!(before, None, "{name} has another one's reason");
    }
    assert!(reasons.len() >= 12);
    company.explain("fine", "reset", 0);
}

/// The doctor's checks of a person are the rules that are theirs, one for each cause.
#[tokio::test]
async fn the_doctor_names_the_same_reason_first() {
    let company = Company::new().await;
    for (name, checks) in [
        ("fine", vec![]),
        ("outsider", vec!["user-policy"]),
        ("temp", vec!["user-policy"]),
        ("careful", vec!["user-gates"]),
        ("admin", vec!["user-gates"]),
        ("unlicensed", vec!["user-licence"]),
        ("basic", vec!["user-licence"]),
        ("gone", vec!["user-account"]),
        ("twice", vec!["user-account"]),
        ("unreachable", vec!["user-methods"]),
        ("eager", vec!["user-not-throttled"]),
        ("nobody", vec!["user-known"]),
    ] {
        let name = format!("{name}@corp.test");
        // No cloud runs here and no agent is enrolled: that is found, too.
        let said = company.admin(&["doctor", "--user", &name, "--json"], 2);
        let said: Value = serde_json::from_str(&said).unwrap();
        let findings = said["findings"].as_array().unwrap().iter();
        let named: Vec<_> = findings
            .filter(|it| it["component"] == "known-person" && it["verdict"] == "fault")
            .map(|it| it["check"].as_str().unwrap())
            .collect();
        assert_eq!(named, checks, "{name}: {said:#}");
    }
}

#[tokio::test]
async fn what_is_the_organisations_blocks_everybody() {
    let company = Company::new().await;
    let first = |wish: &str| {
        let answer = company.explain("fine", wish, 2);
        let findings = answer["findings"].as_array().unwrap().clone();
        let no = findings.into_iter().find(|it| it["holds"] == "no").unwrap();
        (no["rule"].clone(), no["code"].clone())
    };
    let said = company.admin(&["writeback", "disable"], 0);
    assert!(
        said.starts_with("Writeback is off for the whole tenant."),
        "{said}"
    );
    assert!(
        company
            .admin(&["writeback", "disable"], 0)
            .contains("already")
    );
    assert_eq!(
        first("change"),
        ("writeback-tenant".into(), "SSPR_0010".into())
    );
    let status = company.admin(&["writeback", "status"], 0);
    assert!(status.contains("on, but off for the tenant"), "{status}");
    let said = company.admin(&["writeback", "enable"], 0);
    assert!(
        said.starts_with("Writeback is on for the whole tenant."),
        "{said}"
    );

    company.set_policy("scope = \"off\"").await;
    assert_eq!(first("reset"), ("policy-scope".into(), "SSPR_0009".into()));
    // What a change needs is not in the policy's hands: only that nothing carries it out is said.
    assert_eq!(first("change"), ("offered".into(), "SSPR_0011".into()));
    // An administrator is not in the scope's hands, and has a switch of their own.
    company
        .set_policy("scope = \"off\"\n[administrators]\nreset = false")
        .await;
    let answer = company.explain("admin", "reset", 2);
    assert!(answer["findings"].as_array().unwrap().iter().any(|it| {
        it["rule"] == "administrator" && it["holds"] == "no" && it["code"] == "SSPR_0009"
    }));
}

#[tokio::test]
async fn a_person_reads_it_as_a_table() {
    let company = Company::new().await;
    let text = company.admin(&["explain", "temp@corp.test", "--wish", "reset"], 2);
    assert!(text.contains("reset: not allowed (SSPR_0011)"), "{text}");
    assert!(text.contains("✗  reset-allowed"), "{text}");
    assert!(text.contains("✓  licence"), "{text}");
    assert!(text.contains("–  unlock-allowed"), "{text}");
    assert!(
        text.contains("What would change this:\n  reset-allowed: Set reset = true"),
        "{text}"
    );
    let all = company.admin(&["explain", "corp\\fine"], 2);
    for wish in [
        "reset: allowed, after one gate (email)",
        "change: not allowed (SSPR_0011)",
        "offered: Change it at a computer of the domain",
        "unlock: allowed, after one gate (email)",
        "register: not allowed (SSPR_0011)",
    ] {
        assert!(all.contains(wish), "{all}");
    }
    company.admin(&["explain", "nobody@corp.test"], 1);
}

#[tokio::test]
async fn a_policy_says_whom_it_would_leave_out() {
    let company = Company::new().await;
    let shown = company.admin(&["policy", "show"], 0);
    let again = company.file("same.toml", &shown);
    let said = company.admin(&["policy", "set", &again], 0);
    assert!(
        said.contains("It is the policy that holds already."),
        "{said}"
    );

    let text = "scope = \"selected\"\n[default]\ngates = 2\nmethods = [\"email\", \"sms\"]\n\
                [[groups]]\ngroup = \"Staff\"\n[[groups]]\ngroup = \"Nobody's\"\n\
                [[groups]]\ngroup = \"staff\"\n";
    let file = company.file("two.toml", text);
    let said = company.admin(&["policy", "check", &file], 0);
    for remark in [
        "[default] asks for 2 gates, and this installation can carry out: email",
        "group entry 2 (Nobody's): there is no such group",
        "group entry 3 (staff) can never match: group entry 1 (Staff) takes the same group first",
        "can reset now and could not any more: they have too little registered",
    ] {
        assert!(said.contains(remark), "{remark}: {said}");
    }
    assert_eq!(
        company.admin(&["policy", "show"], 0),
        shown,
        "nothing was written"
    );
    let bad = company.file("bad.toml", "[default]\ngates = 3\n");
    company.admin(&["policy", "set", &bad], 1);
    let unknown = company.file("unknown.toml", "[default]\ngate = 1\n");
    company.admin(&["policy", "check", &unknown], 1);
}

#[tokio::test]
async fn without_a_licence_nothing_is_switched_on() {
    let company = Company::new().await;
    company.admin(&["writeback", "disable"], 0);
    company.take_all_licences().await;
    company.admin(&["writeback", "enable"], 1);
    let status: Value =
        serde_json::from_str(&company.admin(&["writeback", "status", "--json"], 0)).unwrap();
    assert_eq!(status["enabled"], false);
    company.admin(&["writeback", "enable", "--forest", "no.such.test"], 1);
}
