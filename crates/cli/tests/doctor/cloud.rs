//! `writeback admin doctor`, as an operator runs it: the real program on a real database, which is
//! broken in one way at a time. The doctor names that way, nothing else, and what it says to do
//! mends it.

use std::{os::unix::fs::PermissionsExt, process::Command};

use jiff::SignedDuration;
use writeback_lab::Mended;
use writeback_store::{AgentStore, Copied, SyncStore, ThrottleRule, ThrottleStore, WritebackStore};

use crate::installation::{Installation, VERSION, agent_id, now};

pub const WARNING: i32 = 1;
const FAULT: i32 = 2;

#[tokio::test]
async fn what_is_well_set_up_is_all_green() {
    let it = Installation::new().await;
    it.is_healthy();
    let said = it.run(&["admin", "doctor"], 0);
    assert!(said.contains("✓ licences-assigned"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
}

#[tokio::test]
async fn a_switch_that_is_off_is_named_and_its_remedy_helps() {
    let it = Installation::new().await;
    for (state, broken, check) in [
        (
            "the tenant is disabled",
            &["tenant", "disable"][..],
            "tenant-enabled",
        ),
        (
            "writeback is off for the tenant",
            &["writeback", "disable"],
            "writeback-on",
        ),
        (
            "writeback is off for a forest",
            &["writeback", "disable", "--forest", "corp.test"],
            "writeback-on",
        ),
    ] {
        it.admin(broken);
        let broken = it.names(state, check, FAULT);
        it.follow(&broken.remedy);
        it.keys_are_rolled().await;
        it.green_again(&broken, Mended::ByCommands);
    }
}

#[tokio::test]
async fn licences_that_nobody_is_assigned_are_named() {
    let it = Installation::new().await;
    let sku = it.take_all_licences().await;
    let mut broken = it.names("no licence is assigned", "licences-assigned", FAULT);
    for line in &mut broken.remedy {
        *line = line.replace("SKU", &sku);
    }
    it.commands_help(&broken);
}

#[tokio::test]
async fn somebody_without_a_seat_is_named() {
    let it = Installation::new().await;
    for name in ["petra@cloud.test", "paul@cloud.test"] {
        it.admin(&["user", "create", "--name", name]);
    }
    it.admin(&["licence", "add", "AAD_PREMIUM", "--seats", "1"]);
    it.admin(&["licence", "assign", "AAD_PREMIUM", "--everybody"]);
    let state = "more people than seats of a licence";
    let broken = it.names(state, "licence-seats", WARNING);
    it.admin(&["licence", "set-seats", "AAD_PREMIUM", "9"]);
    it.green_again(&broken, Mended::ByHand);
}

#[tokio::test]
async fn a_policy_for_nobody_is_named() {
    let it = Installation::new().await;
    it.set_policy("scope = \"off\"\n");
    let broken = it.names("the reset policy is off", "reset-policy", FAULT);
    it.set_policy("scope = \"all\"\n");
    it.green_again(&broken, Mended::ByHand);
}

#[tokio::test]
async fn a_domain_that_was_never_verified_is_named() {
    let it = Installation::new().await;
    it.admin(&["tenant", "domain", "add", "late.test"]);
    let state = "a domain that was never verified";
    let mut broken = it.names(state, "domains-verified", WARNING);
    // Nobody answers for this domain.
    for line in &mut broken.remedy {
        *line = line.replace("verify late.test", "verify late.test --by-operator");
    }
    it.commands_help(&broken);
}

#[tokio::test]
async fn a_tenant_that_nobody_made_is_named() {
    let it = Installation::new().await;
    let asked = ["--tenant", "nowhere.test"];
    let state = "a tenant that nobody made";
    let broken = it.names_of(&asked, state, "tenant-known", FAULT);
    it.admin(&["tenant", "domain", "add", "nowhere.test"]);
    it.admin(&[
        "tenant",
        "domain",
        "verify",
        "nowhere.test",
        "--by-operator",
    ]);
    it.green_again(&broken, Mended::ByHand);
}

#[tokio::test]
async fn agents_that_are_away_old_or_copied_are_named() {
    let it = Installation::new().await;
    let (agent, hour) = (agent_id(1), SignedDuration::from_hours(1));
    it.seen(agent, VERSION, now() - hour).await;
    let away = it.names("every agent is away", "agents-connected", FAULT);
    let remedy = &away.remedy;
    assert!(
        remedy.contains(&"$ writeback doctor".to_owned()),
        "{remedy:?}"
    );
    it.seen(agent, VERSION, now()).await;
    it.green_again(&away, Mended::ByHand);

    it.seen(agent, "0.0.0", now()).await;
    let old = it.names("an agent of another version", "agent-version", WARNING);
    it.seen(agent, VERSION, now()).await;
    it.green_again(&old, Mended::ByHand);

    it.seen(agent, VERSION, now() + hour).await;
    let clock = it.names("the cloud's clock was set back", "machine-clock", WARNING);
    it.seen(agent, VERSION, now()).await;
    it.green_again(&clock, Mended::ByHand);

    it.enrol(2).await;
    let state = "one agent of two was never connected";
    let broken = it.names(state, "agent-connected", WARNING);
    it.commands_help(&broken);

    let copied = Copied {
        at: now(),
        host: "other".to_owned(),
    };
    let store = it.store().await;
    store
        .note_copied(it.tenant, agent, &copied, &it.record())
        .await
        .unwrap();
    let state = "an agent's keys on a second machine";
    let broken = it.names(state, "agent-not-copied", WARNING);
    it.admin(&["agent", "revoke", &agent.to_string()]);
    it.enrol(3).await;
    it.seen(agent_id(3), VERSION, now()).await;
    it.green_again(&broken, Mended::ByHand);

    it.admin(&["agent", "revoke", &agent_id(3).to_string()]);
    let broken = it.names("every agent is revoked", "agents-enrolled", FAULT);
    it.enrol(4).await;
    it.seen(agent_id(4), VERSION, now()).await;
    it.green_again(&broken, Mended::ByHand);
}

#[tokio::test]
async fn a_sealing_key_that_was_never_made_is_named() {
    let it = Installation::new().await;
    let (store, ago) = (it.store().await, now() - SignedDuration::from_mins(10));
    for is_on in [false, true] {
        let record = it.record();
        let switched = store.switch_writeback(it.tenant, None, is_on, ago, &record);
        assert!(switched.await.unwrap());
    }
    let state = "an agent that makes no new sealing key";
    let broken = it.names(state, "sealing-key-rolled", WARNING);
    it.keys_are_rolled().await;
    it.green_again(&broken, Mended::ByHand);
}

#[tokio::test]
async fn forests_that_are_not_known_well_enough_are_named() {
    let it = Installation::without_forest().await;
    let broken = it.names("no agent reported a forest", "forest-reported", FAULT);
    it.add_forest("corp.test", true).await;
    it.green_again(&broken, Mended::ByHand);

    it.add_forest("new.test", false).await;
    let state = "a forest that was never imported";
    let broken = it.names(state, "forest-synchronised", FAULT);
    let remedy = &broken.remedy;
    assert!(remedy[0].starts_with("$ writeback admin sync run --forest new.test"));
    it.add_forest("new.test", true).await;
    it.green_again(&broken, Mended::ByHand);

    let (store, forest) = (it.store().await, "corp.test".parse().unwrap());
    let waits = async |since| store.guard_waits(it.tenant, &forest, since).await.unwrap();
    waits(Some(now())).await;
    let state = "the deletion guard waits";
    let broken = it.names(state, "deletion-guard", WARNING);
    waits(None).await;
    it.green_again(&broken, Mended::ByHand);
}

#[tokio::test]
async fn what_is_wrong_with_the_machine_is_named() {
    let mut it = Installation::new().await;
    let key = it.audit_key();
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    let state = "the audit key may be read by others";
    let broken = it.names(state, "audit-key", FAULT);
    it.commands_help(&broken);

    std::fs::remove_dir_all(it.path("mail")).unwrap();
    let broken = it.names("the mails' folder is gone", "mail-server", FAULT);
    std::fs::create_dir(it.path("mail")).unwrap();
    it.green_again(&broken, Mended::ByHand);

    it.configure(|text| text.replace("folder = ", "smtp = \"smtp://127.0.0.1:1\"\n#"));
    let broken = it.names("no mail server answers", "mail-server", FAULT);
    it.configure(str::to_owned);
    it.green_again(&broken, Mended::ByHand);

    for (state, certificate, code) in [
        ("the cloud's certificate is not there", None, FAULT),
        ("the cloud's certificate has expired", Some(-1), FAULT),
        ("the cloud's certificate ends soon", Some(3), WARNING),
    ] {
        let (certificate, key) = match certificate {
            Some(days) => it.certificate(days),
            None => ("/no".to_owned(), "/no".to_owned()),
        };
        let tls = format!("tls = {{ certificate = \"{certificate}\", key = \"{key}\" }}\n[mail]");
        it.configure(|text| text.replace("[mail]", &tls));
        let broken = it.names(state, "own-certificate", code);
        it.configure(str::to_owned);
        it.green_again(&broken, Mended::ByHand);
    }

    let address = it.stop_listening();
    let broken = it.names("the cloud does not run", "cloud-runs", FAULT);
    it.listen_again(address);
    it.green_again(&broken, Mended::ByHand);
}

#[tokio::test]
async fn without_configuration_or_database_that_alone_is_told() {
    let it = Installation::new().await;
    it.configure(|text| text.replace("cloud.db", "lost.db"));
    let key = it.audit_key();
    std::fs::copy(&key, key.replace("cloud", "lost")).unwrap();
    let broken = it.names("the database is not there", "database", FAULT);
    assert!(
        !std::fs::exists(it.path("lost.db")).unwrap(),
        "the doctor made one"
    );
    let remedy = &broken.remedy;
    assert!(
        remedy[2].starts_with("$ writeback admin init"),
        "{remedy:?}"
    );
    std::fs::write(it.path("lost.db"), "no database at all, but something").unwrap();
    let damaged = it.names("the database is damaged", "database", FAULT);
    it.configure(str::to_owned);
    it.green_again(&broken, Mended::ByHand);
    it.green_again(&damaged, Mended::ByHand);

    it.configure(|_| "nonsense".to_owned());
    let state = "the cloud's configuration cannot be read";
    let broken = it.names(state, "cloud-configuration", FAULT);
    it.configure(str::to_owned);
    it.green_again(&broken, Mended::ByHand);
}

#[tokio::test]
async fn a_disk_without_room_is_named() {
    let it = Installation::new().await;
    let small = Small::new(it.path("small"));
    for file in std::fs::read_dir(it.path("")).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if name.starts_with("cloud") {
            std::fs::copy(file.path(), format!("{}/{name}", small.0)).unwrap();
        }
    }
    it.configure(|text| text.replace("/cloud.db", "/small/cloud.db"));
    let broken = it.names("the database's disk is full", "database-room", FAULT);
    it.configure(str::to_owned);
    drop(small);
    it.green_again(&broken, Mended::ByHand);
}

/// A disk of 32 MiB.
struct Small(String);

impl Small {
    fn new(folder: String) -> Self {
        std::fs::create_dir(&folder).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=32m", "none", &folder]);
        assert!(mount.status().unwrap().success(), "needs root");
        Self(folder)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// One person in every way in which a reset of theirs is refused.
#[tokio::test]
async fn what_keeps_one_person_from_resetting_is_named() {
    let it = Installation::new().await;
    let petra = ["--user", "petra@cloud.test"];
    let state = "a name that nobody has";
    let broken = it.names_of(&petra, state, "user-known", FAULT);
    let mail = ["--other-mail", "petra@mail.example"];
    it.admin(&[&["user", "create", "--name", "petra@cloud.test"], &mail[..]].concat());
    it.green_again(&broken, Mended::ByHand);

    it.admin(&["user", "create", "--name", "other@cloud.test"]);
    let sku = it.take_all_licences().await;
    it.admin(&["licence", "assign", &sku, "--user", "other@cloud.test"]);
    let state = "a person without a licence";
    let mut broken = it.names_of(&petra, state, "user-licence", FAULT);
    for line in &mut broken.remedy {
        *line = line.replace("SKU", &sku);
    }
    it.commands_help(&broken);

    it.configure(|text| format!("recovery_attributes = [\"mail\"]\n{text}"));
    let state = "a person without a recovery address";
    let broken = it.names_of(&petra, state, "user-methods", FAULT);
    it.configure(str::to_owned);
    it.green_again(&broken, Mended::ByHand);

    it.set_policy("scope = \"all\"\n[default]\nreset = false\n");
    let state = "a policy that does not let a person reset";
    let broken = it.names_of(&petra, state, "user-policy", FAULT);
    it.set_policy("scope = \"all\"\n[default]\ngates = 2\nmethods = [\"email\", \"sms\"]\n");
    let state = "more gates than can be asked at";
    let gates = it.names_of(&petra, state, "user-gates", FAULT);
    it.set_policy("scope = \"all\"\n");
    it.green_again(&broken, Mended::ByHand);
    it.green_again(&gates, Mended::ByHand);

    let person = it.user("petra@cloud.test").await;
    let rule = ThrottleRule {
        name: "passwords per user",
        limit: 0,
        window: SignedDuration::from_secs(1),
        block: SignedDuration::from_secs(3),
    };
    let (store, key, record) = (it.store().await, person.to_string(), it.record());
    let counted = store.count(it.tenant, &rule, &key, now(), &record);
    counted.await.unwrap();
    let state = "a person who tried too often";
    let broken = it.names_of(&petra, state, "user-not-throttled", FAULT);
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    it.green_again(&broken, Mended::ByHand);
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
