//! `writeback admin doctor`, as an operator runs it: the real program on a real database, which is
//! broken in one way at a time. The doctor names that way, nothing else, and what it says to do
//! mends it.

use std::os::unix::fs::PermissionsExt;

use jiff::SignedDuration;
use writeback_store::{AgentStore, Copied};

use crate::installation::{Installation, VERSION, agent_id, now};

const WARNING: i32 = 1;
const FAULT: i32 = 2;

#[tokio::test]
async fn what_is_well_set_up_is_all_green() {
    let it = Installation::new().await;
    it.is_green();
    let said = it.run(&["admin", "doctor"], 0);
    assert!(said.contains("✓ licences-assigned"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
}

#[tokio::test]
async fn a_switch_that_is_off_is_named_and_its_remedy_helps() {
    let it = Installation::new().await;
    for (broken, check) in [
        (&["tenant", "disable"][..], "tenant-enabled"),
        (&["writeback", "disable"], "writeback-on"),
        (
            &["writeback", "disable", "--forest", "corp.test"],
            "writeback-on",
        ),
    ] {
        it.admin(broken);
        let remedy = it.names(check, FAULT);
        it.follow(&remedy);
        it.keys_are_rolled().await;
        it.is_green();
    }
}

#[tokio::test]
async fn licences_that_nobody_is_assigned_are_named() {
    let it = Installation::new().await;
    let sku = it.take_all_licences().await;
    let remedy = it.names("licences-assigned", FAULT);
    let remedy: Vec<_> = remedy
        .iter()
        .map(|line| line.replace("SKU", &sku))
        .collect();
    it.follow(&remedy);
    it.is_green();
}

#[tokio::test]
async fn a_policy_for_nobody_is_named() {
    let it = Installation::new().await;
    let policy = |scope: &str| {
        std::fs::write(it.path("policy.toml"), format!("scope = \"{scope}\"\n")).unwrap();
        it.admin(&["policy", "set", &it.path("policy.toml")]);
    };
    policy("off");
    it.names("reset-policy", FAULT);
    policy("all");
    it.is_green();
}

#[tokio::test]
async fn a_domain_that_was_never_verified_is_named() {
    let it = Installation::new().await;
    it.admin(&["tenant", "domain", "add", "late.test"]);
    let remedy = it.names("domains-verified", WARNING);
    // Nobody answers for this domain.
    let by_operator =
        |line: &String| line.replace("verify late.test", "verify late.test --by-operator");
    it.follow(&remedy.iter().map(by_operator).collect::<Vec<_>>());
    it.is_green();
}

#[tokio::test]
async fn agents_that_are_away_old_or_copied_are_named() {
    let it = Installation::new().await;
    let (agent, hour) = (agent_id(1), SignedDuration::from_hours(1));
    it.seen(agent, VERSION, now() - hour).await;
    let remedy = it.names("agents-connected", FAULT);
    assert!(
        remedy.contains(&"$ writeback doctor".to_owned()),
        "{remedy:?}"
    );

    it.seen(agent, "0.0.0", now()).await;
    it.names("agent-version", WARNING);

    it.seen(agent, VERSION, now() + hour).await;
    it.names("machine-clock", WARNING);

    it.seen(agent, VERSION, now()).await;
    it.enrol(2).await;
    let remedy = it.names("agent-connected", WARNING);
    it.follow(&remedy);
    it.is_green();

    let copied = Copied {
        at: now(),
        host: "other".to_owned(),
    };
    let store = it.store().await;
    store
        .note_copied(it.tenant, agent, &copied, &it.record())
        .await
        .unwrap();
    it.names("agent-not-copied", WARNING);

    it.admin(&["agent", "revoke", &agent.to_string()]);
    it.names("agents-enrolled", FAULT);
}

#[tokio::test]
async fn a_forest_that_was_never_imported_is_named() {
    let it = Installation::new().await;
    it.add_forest("new.test", false).await;
    let remedy = it.names("forest-synchronised", FAULT);
    assert!(remedy[0].starts_with("$ writeback admin sync run --forest new.test"));
    it.add_forest("new.test", true).await;
    it.is_green();
}

#[tokio::test]
async fn what_is_wrong_with_the_machine_is_named() {
    let mut it = Installation::new().await;
    let key = it.audit_key();
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    let remedy = it.names("audit-key", FAULT);
    it.follow(&remedy);
    it.is_green();

    std::fs::remove_dir_all(it.path("mail")).unwrap();
    it.names("mail-server", FAULT);
    std::fs::create_dir(it.path("mail")).unwrap();
    it.is_green();

    it.configure(|text| text.replace("folder = ", "smtp = \"smtp://127.0.0.1:1\"\n#"));
    it.names("mail-server", FAULT);
    it.configure(str::to_owned);

    it.configure(|text| {
        text.replace(
            "[mail]",
            "tls = { certificate = \"/no\", key = \"/no\" }\n[mail]",
        )
    });
    it.names("own-certificate", FAULT);
    it.configure(str::to_owned);

    it.stop_listening();
    it.names("cloud-runs", FAULT);
}

#[tokio::test]
async fn without_configuration_or_database_that_alone_is_told() {
    let it = Installation::new().await;
    it.configure(|text| text.replace("cloud.db", "lost.db"));
    let key = it.audit_key();
    std::fs::copy(&key, key.replace("cloud", "lost")).unwrap();
    let remedy = it.names("database", FAULT);
    assert!(
        !std::fs::exists(it.path("lost.db")).unwrap(),
        "the doctor made one"
    );
    assert!(
        remedy[2].starts_with("$ writeback admin init"),
        "{remedy:?}"
    );
    it.configure(|_| "nonsense".to_owned());
    it.names("cloud-configuration", FAULT);
}

#[tokio::test]
async fn one_check_is_asked_and_explained_by_the_command_that_it_is_of() {
    let it = Installation::new().await;
    it.admin(&["writeback", "disable"]);
    it.run(&["admin", "doctor", "--only", "reset-policy"], 0);
    it.run(&["admin", "doctor", "--only", "writeback-on"], FAULT);
    it.run(&["admin", "doctor", "--only", "right-reset"], 64);
    it.run(
        &[
            "admin",
            "doctor",
            "--user",
            "nobody@corp.test",
            "--only",
            "user-known",
        ],
        FAULT,
    );
    let said = it.run(&["admin", "doctor", "--explain", "agents-connected"], 0);
    assert!(
        said.contains("docs/troubleshooting/en/agents-connected.md"),
        "{said}"
    );
}
