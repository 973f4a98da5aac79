//! The doctor on a machine in order, and on one that is broken in one way at a time.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use writeback_agent::state::{StateDir, Switch};
use writeback_doctor::{Colour, Finding, Grant, Report, Shell, Verdict, grant, text};
use writeback_lab::{Healthy, Mended, OFFICE, PolicyChange, TableRow, TestUser, Traffic, UserSpec};
use writeback_model::{Clock, KeyId};
use writeback_wire::round_trip::KnownLink;

use crate::{
    cloud::{Cloud, Manners},
    doctor_bench::{Bench, Settings, examine_file, join, private},
    site::Real,
    way::{proxy, secure_cloud},
};

struct Ahead(SignedDuration);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        Real.now() + self.0
    }
}

fn all_fine(found: &[Finding]) {
    let fine = found.iter().all(|it| it.verdict == Verdict::Fine);
    assert!(fine, "{}", text(found, Colour::No));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_machine_is_all_green_and_soon() {
    let bench = Bench::new().await;
    let user = bench.forest.create_user(UserSpec::default()).unwrap();
    let began = Instant::now();
    let found = bench.look(&bench.settings, Some(&user.upn)).await;
    let took = began.elapsed();
    println!("{}\nin {took:?}", text(&found, Colour::No));
    all_fine(&found);
    assert_eq!(Report::new(&found).summary.exit_code, 0);
    assert!(found.len() >= 35, "{}", found.len());
    assert!(took < Duration::from_secs(5), "{took:?}");
    let healthy = Healthy {
        what: "an agent's machine, and one person".to_owned(),
        fine: found.len(),
        took_ms: u64::try_from(took.as_millis()).unwrap(),
    };
    TableRow::Healthy(healthy).keep().unwrap();
    // Looking neither took a link from the agent nor left one behind, and nothing is secret.
    let json = serde_json::to_string(&Report::new(&found)).unwrap();
    assert!(!json.contains(&bench.forest.agent_password));
    bench.forest.delete_user(&user).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machine_and_the_way_to_the_cloud() {
    let mut bench = Bench::new().await;
    this_machine(&mut bench).await;
    the_cloud(&mut bench).await;
    bench.end();
}

async fn this_machine(bench: &mut Bench) {
    let good = bench.settings.clone();
    let nowhere = bench.folder.path().join("nowhere.toml");
    let found = examine_file(&nowhere, None, Arc::new(Real)).await;
    bench
        .row("no configuration file", "configuration", &found)
        .await;

    let of = |extra: &str| Settings {
        extra: extra.to_owned(),
        ..good.clone()
    };
    let found = bench.look(&of("colour = \"blue\""), None).await;
    bench
        .row("a setting that does not exist", "configuration", &found)
        .await;

    let empty = bench.folder.path().join("empty");
    std::fs::write(&empty, "").unwrap();
    let of = Settings {
        password: empty,
        ..good.clone()
    };
    let found = bench.look(&of, None).await;
    bench
        .row("an empty password file", "password-file", &found)
        .await;

    private(&good.state, 0o755);
    let found = bench.look(&good, None).await;
    private(&good.state, 0o700);
    bench
        .row("keys that others may read", "state-folder", &found)
        .await;

    let switch = Switch::of(&StateDir::at(&good.state));
    switch.off().unwrap();
    let found = bench.look(&good, None).await;
    switch.on().unwrap();
    bench
        .row(
            "writeback switched off on the machine",
            "agent-enabled",
            &found,
        )
        .await;

    let key = good.state.join("identity.key");
    let whole = std::fs::read(&key).unwrap();
    std::fs::write(&key, "AAAA").unwrap();
    let found = bench.look(&good, None).await;
    std::fs::write(&key, whole).unwrap();
    bench.row("a damaged key", "state-folder", &found).await;

    std::fs::remove_dir_all(&good.state).unwrap();
    let found = bench.look(&good, None).await;
    join(&bench.cloud, &good.state, good.ca_file.as_deref()).await;
    bench.row("never enrolled", "enrolment", &found).await;

    let of = Settings {
        state: bench.member_at("https://other.example.org"),
        ..good.clone()
    };
    let found = bench.look(&of, None).await;
    bench
        .row("enrolled at another cloud", "enrolment", &found)
        .await;
}

async fn the_cloud(bench: &mut Bench) {
    let good = bench.settings.clone();
    let at = |bench: &Bench, url: &str| Settings {
        cloud: url.to_owned(),
        state: bench.member_at(url),
        ..good.clone()
    };
    let of = at(bench, "https://cloud.invalid");
    let found = bench.look(&of, None).await;
    bench
        .row("a cloud that DNS does not know", "cloud-name", &found)
        .await;

    let of = at(bench, "https://localhost:9");
    let found = bench.look(&of, None).await;
    bench
        .row("nothing listens at the cloud", "cloud-reachable", &found)
        .await;

    let of = Settings {
        ca_file: None,
        ..good.clone()
    };
    let found = bench.look(&of, None).await;
    bench
        .row(
            "a cloud of an unknown authority",
            "cloud-certificate",
            &found,
        )
        .await;

    let (other, pem) = secure_cloud("elsewhere.test").await;
    let ca = bench.folder.path().join("elsewhere.pem");
    std::fs::write(&ca, pem).unwrap();
    let of = Settings {
        ca_file: Some(ca),
        ..at(bench, &other.url())
    };
    let found = bench.look(&of, None).await;
    bench
        .row(
            "a cloud's certificate for another name",
            "cloud-certificate",
            &found,
        )
        .await;

    for (state, answer) in [
        (
            "a proxy that wants NTLM",
            "HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\n\r\n",
        ),
        ("a proxy that forbids the cloud", "HTTP/1.1 403 x\r\n\r\n"),
        (
            "a proxy that does not get through",
            "HTTP/1.1 502 x\r\n\r\n",
        ),
        ("a proxy that is none", "SSH-2.0-x\r\n\r\n"),
    ] {
        let (address, _) = proxy(Some(answer)).await;
        let of = Settings {
            extra: format!("[proxy]\nurl = \"http://{address}\""),
            ..good.clone()
        };
        let found = bench.look(&of, None).await;
        bench.row(state, "proxy", &found).await;
    }

    let stranger = Cloud::start(Manners::default()).await;
    let state = bench.folder.path().join("stranger");
    join(&stranger, &state, None).await;
    std::fs::copy(good.state.join("agent.json"), state.join("agent.json")).unwrap();
    let of = Settings {
        state,
        ..good.clone()
    };
    let found = bench.look(&of, None).await;
    bench
        .row(
            "a key that the cloud does not know",
            "cloud-accepts-agent",
            &found,
        )
        .await;

    bench.cloud.manners().no_subprotocol = true;
    let found = bench.look(&good, None).await;
    bench.cloud.manners().no_subprotocol = false;
    bench
        .row(
            "a way that passes no WebSocket of ours",
            "cloud-link",
            &found,
        )
        .await;

    running(bench).await;
    forgotten(bench).await;

    for hours in [2, -2] {
        let clock = Arc::new(Ahead(SignedDuration::from_hours(hours)));
        let found = bench.look_by(&good, None, clock).await;
        let state = format!("this machine's clock {hours:+} h");
        // Every clock differs from one that is wrong.
        bench
            .row_with(&state, "cloud-clock", &["dc-time"], &found)
            .await;
    }
    all_fine(&bench.look(&good, None).await);
}

/// What the cloud knows of the agent is not what is here.
async fn running(bench: &mut Bench) {
    let good = bench.settings.clone();
    let known = bench.cloud.known().clone();
    bench.cloud.known().link = None;
    let found = bench.look(&good, None).await;
    *bench.cloud.known() = known.clone();
    bench
        .row("an agent that does not run", "agent-running", &found)
        .await;

    let change = |change: fn(&mut KnownLink)| {
        let mut other = known.clone();
        other.link.as_mut().map(change);
        other
    };
    *bench.cloud.known() = change(|it| it.sealing_key = KeyId::from_uuid(Uuid::from_u128(7)));
    let found = bench.look(&good, None).await;
    *bench.cloud.known() = known.clone();
    bench
        .row(
            "passwords sealed to a key that is not here",
            "agent-running",
            &found,
        )
        .await;

    *bench.cloud.known() = change(|it| "0.0.1".clone_into(&mut it.version));
    let found = bench.look(&good, None).await;
    *bench.cloud.known() = known;
    bench
        .row("an agent of another version", "agent-running", &found)
        .await;
}

/// What is silent for 60 seconds is dropped on the way, as many firewalls do.
async fn forgotten(bench: &mut Bench) {
    let traffic = Traffic {
        netns: OFFICE.to_owned(),
        name: "silent".to_owned(),
        peers: vec![bench.cloud.address.ip().to_string()],
        port: bench.cloud.address.port(),
    };
    bench.lab.forget(&traffic, Duration::from_secs(60)).unwrap();
    let silences = [30, 75].map(Duration::from_secs);
    let found = bench.look_silently(&silences).await;
    bench.lab.mend(&traffic).unwrap();
    let seen = found.iter().find(|it| it.check == "idle-hold").unwrap();
    assert_eq!(
        seen.evidence[0].value,
        "gone without a word after 30 to 75 s"
    );
    bench
        .row("silent connections dropped after 60 s", "idle-hold", &found)
        .await;
    all_fine(&bench.look_silently(&[Duration::from_secs(1)]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn domain_controllers_and_the_agents_account() {
    let mut bench = Bench::new().await;
    settings_of_the_directory(&mut bench).await;
    controllers(&mut bench).await;
    a_controllers_clock(&mut bench).await;
    all_fine(&bench.look(&bench.settings, None).await);
    bench.end();
}

async fn settings_of_the_directory(bench: &mut Bench) {
    let good = bench.settings.clone();
    let wrong = bench.folder.path().join("wrong");
    std::fs::write(&wrong, "Not-The-Password-1").unwrap();
    let unknown = Settings {
        user: "svc-unknown@corp.test".into(),
        password: wrong,
        ..good.clone()
    };
    let found = bench.look(&unknown, None).await;
    bench
        .row(
            "an agent's account that does not exist",
            "agent-account",
            &found,
        )
        .await;

    let stranger = Settings {
        dc_ca: bench.lab.ca().stranger_cert,
        ..good.clone()
    };
    let found = bench.look(&stranger, None).await;
    bench
        .row(
            "controllers of an unknown authority",
            "dc-certificate",
            &found,
        )
        .await;

    let of = Settings {
        dc_ca: PathBuf::from("/nowhere.pem"),
        ..good.clone()
    };
    let found = bench.look(&of, None).await;
    bench
        .row("a ca_file that is not there", "configuration", &found)
        .await;

    for (state, extra) in [
        (
            "an unknown preferred controller",
            "preferred_controllers = [\"dc9.corp.test\"]",
        ),
        (
            "only an unknown preferred controller",
            "preferred_controllers = [\"dc9.corp.test\"]\nonly_preferred = true",
        ),
    ] {
        let of = Settings {
            forest_extra: extra.into(),
            ..good.clone()
        };
        let found = bench.look(&of, None).await;
        bench.row(state, "preferred-controllers", &found).await;
    }

    let of = Settings {
        forest: "nowhere.test".into(),
        ..good.clone()
    };
    let found = bench.look(&of, None).await;
    bench
        .row(
            "a domain that DNS does not know",
            "domain-controllers",
            &found,
        )
        .await;

    let legacy = bench.lab.forest("legacy.test").unwrap().clone();
    let password = bench.folder.path().join("legacy");
    std::fs::write(&password, &legacy.agent_password).unwrap();
    let of = Settings {
        forest: legacy.domain.clone(),
        user: legacy.agent_upn.clone(),
        password,
        ..good.clone()
    };
    let found = bench.look(&of, None).await;
    bench
        .row(
            "a PDC emulator without policy hints",
            "policy-hints",
            &found,
        )
        .await;
}

/// The one controller of another forest has a clock of its own for a while.
async fn a_controllers_clock(bench: &mut Bench) {
    let forest = bench.lab.forest("fabrikam.test").unwrap().clone();
    let password = bench.folder.path().join("fabrikam");
    std::fs::write(&password, &forest.agent_password).unwrap();
    let there = Settings {
        forest: forest.domain.clone(),
        user: forest.agent_upn.clone(),
        password,
        ..bench.settings.clone()
    };
    let here = std::mem::replace(&mut bench.settings, there.clone());
    let dc = forest.first_dc().unwrap();
    for seconds in [3_600, -3_600] {
        dc.stop().unwrap();
        dc.start_with_clock_offset(seconds).unwrap();
        let found = bench.look(&there, None).await;
        dc.stop().unwrap();
        dc.heal().unwrap();
        let state = format!("a controller's clock {:+} h", seconds / 3_600);
        bench.row(&state, "dc-time", &found).await;
    }
    forest.restore_snapshot().unwrap();
    bench.settings = here;
}

async fn controllers(bench: &mut Bench) {
    let good = bench.settings.clone();
    bench.dc(1).stop().unwrap();
    let found = bench.look(&good, None).await;
    bench.dc(1).start().unwrap();
    bench
        .row(
            "a second controller that is stopped",
            "dc-reachable",
            &found,
        )
        .await;

    bench.dc(0).cut().unwrap();
    let found = bench.look(&good, None).await;
    bench.dc(0).uncut().unwrap();
    bench
        .row("the PDC emulator cut off", "dc-reachable", &found)
        .await;

    bench.dc(0).pause().unwrap();
    let found = bench.look(&good, None).await;
    bench.dc(0).resume().unwrap();
    bench
        .row("the PDC emulator hangs", "dc-reachable", &found)
        .await;

    bench.dc(0).stop().unwrap();
    let found = bench.look(&good, None).await;
    bench.dc(0).start().unwrap();
    bench
        .row("the PDC emulator is stopped", "dc-reachable", &found)
        .await;

    bench
        .forest
        .transfer_pdc_with_stale_dns(bench.dc(1))
        .unwrap();
    let found = bench.look(&good, None).await;
    bench.forest.transfer_pdc(bench.dc(1)).unwrap();
    bench.forest.transfer_pdc(bench.dc(0)).unwrap();
    bench
        .row("a stale PDC emulator in DNS", "pdc-in-dns", &found)
        .await;

    let dc = bench.dc(0);
    dc.samba_tool(&["user", "disable", "svc-writeback"])
        .unwrap();
    bench.forest.replicated(Duration::from_secs(60)).unwrap();
    let found = bench.look(&good, None).await;
    let dc = bench.dc(0);
    dc.samba_tool(&["user", "enable", "svc-writeback"]).unwrap();
    bench.forest.replicated(Duration::from_secs(60)).unwrap();
    bench
        .row("the agent's account is disabled", "agent-account", &found)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_and_the_rights_on_the_account() {
    let mut bench = Bench::new().await;
    rights(&mut bench).await;
    all_rights_at_once(&mut bench).await;
    people(&mut bench).await;
    bench.end();
}

async fn rights(bench: &mut Bench) {
    let good = bench.settings.clone();
    let user = bench.forest.create_user(UserSpec::default()).unwrap();
    all_fine(&bench.look(&good, Some(&user.upn)).await);
    let sid = bench.sid_of_the_agent();
    let user_class = "bf967aba-0de6-11d0-a285-00aa003049e2";
    for (state, expected, entry) in [
        (
            "no right to reset",
            "right-reset",
            format!("(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;{user_class};{sid})"),
        ),
        (
            "no right to unlock",
            "right-unlock",
            format!("(OA;CIIO;WP;28630ebf-41d5-11d1-a9c1-0000f80367c1;{user_class};{sid})"),
        ),
        (
            "no right to force a change",
            "right-force-change",
            format!("(OA;CIIO;WP;bf967a0a-0de6-11d0-a285-00aa003049e2;{user_class};{sid})"),
        ),
        (
            "no right to unexpire",
            "right-unexpire",
            format!("(OA;;CR;ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501;;{sid})"),
        ),
    ] {
        let head = format!("--objectdn={}", bench.forest.base_dn);
        let entry = format!("--sddl={entry}");
        let dc = bench.dc(0);
        dc.samba_tool(&["dsacl", "delete", &head, &entry]).unwrap();
        // Everybody who is signed in has this one from the birth of a domain.
        let everybodys = "--sddl=(OA;;CR;ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501;;AU)";
        let also_everybodys = expected == "right-unexpire";
        if also_everybodys {
            dc.samba_tool(&["dsacl", "delete", &head, everybodys])
                .unwrap();
        }
        let found = bench.look(&good, Some(&user.upn)).await;
        // Put back by what is printed, and by nothing else.
        bench.apply_remedy(expected, &found);
        let by = Mended::ByCommands;
        bench.row_of(&user.upn, state, expected, &found, by).await;
        if also_everybodys {
            let set = ["dsacl", "set", &head, "--action=allow", everybodys];
            bench.dc(0).samba_tool(&set).unwrap();
        }
    }
    bench.forest.delete_user(&user).unwrap();
}

/// All at once, granted by the script of what is missing, and by nothing else.
async fn all_rights_at_once(bench: &mut Bench) {
    let good = bench.settings.clone();
    let user = bench.forest.create_user(UserSpec::default()).unwrap();
    let before = bench.entries_of_the_agent();
    let taken: Vec<_> = before.iter().filter(|it| is_of_people(it)).collect();
    assert_eq!(taken.len(), 3, "{before:?}");
    let head = format!("--objectdn={}", bench.forest.base_dn);
    for entry in taken {
        let entry = format!("--sddl={entry}");
        let delete = ["dsacl", "delete", &head, &entry];
        bench.dc(0).samba_tool(&delete).unwrap();
    }
    let found = bench.look(&good, Some(&user.upn)).await;
    let Grant::Script(script) = grant(&found, Shell::SambaTool) else {
        panic!("no script: {}", text(&found, Colour::No));
    };
    println!("{script}");
    bench.run_samba(script.lines());
    all_fine(&bench.look(&good, Some(&user.upn)).await);
    assert_eq!(bench.entries_of_the_agent(), before);
    let found = bench.look(&good, Some(&user.upn)).await;
    assert_eq!(grant(&found, Shell::SambaTool), Grant::Nothing);
    bench.forest.delete_user(&user).unwrap();
}

/// Resets, `lockoutTime` and `pwdLastSet` of people.
fn is_of_people(entry: &str) -> bool {
    [
        "00299570-246d-11d0-a768-00aa006e0529",
        "28630ebf-41d5-11d1-a9c1-0000f80367c1",
        "bf967a0a-0de6-11d0-a285-00aa003049e2",
    ]
    .iter()
    .any(|right| entry.contains(right))
}

async fn people(bench: &mut Bench) {
    let good = bench.settings.clone();
    let ordinary = UserSpec::default;
    for (state, expected, spec) in [
        (
            "inheritance switched off",
            "rights-inherited",
            UserSpec {
                no_inheritance: true,
                ..ordinary()
            },
        ),
        (
            "adminCount left behind",
            "person-not-protected",
            UserSpec {
                admin_count: true,
                ..ordinary()
            },
        ),
        (
            "a domain administrator",
            "person-not-protected",
            UserSpec {
                groups: vec!["Domain Admins".into()],
                ..ordinary()
            },
        ),
        (
            "a disabled account",
            "person-enabled",
            UserSpec {
                disabled: true,
                ..ordinary()
            },
        ),
        (
            "an expired account",
            "person-enabled",
            UserSpec {
                expired: true,
                ..ordinary()
            },
        ),
        (
            "a locked account",
            "person-enabled",
            UserSpec {
                locked: true,
                ..ordinary()
            },
        ),
        (
            "\"User cannot change password\"",
            "person-may-change",
            UserSpec {
                cannot_change: true,
                ..ordinary()
            },
        ),
        (
            "a settings object that is hidden",
            "person-policy",
            UserSpec {
                pso: Some("Long".into()),
                ..ordinary()
            },
        ),
    ] {
        let user = bench.forest.create_user(spec).unwrap();
        let found = bench.look(&good, Some(&user.upn)).await;
        let by = if expected == "person-not-protected" {
            no_more_an_administrator(bench, &user);
            Mended::ByHand
        } else {
            bench.apply_remedy(expected, &found);
            Mended::ByCommands
        };
        bench.row_of(&user.upn, state, expected, &found, by).await;
        if expected == "person-policy" {
            bench.take_back(&found, expected);
        }
        bench.forest.delete_user(&user).unwrap();
    }
    let found = bench.look(&good, Some("nobody@corp.test")).await;
    bench
        .row("a name that nobody has", "person-found", &found)
        .await;

    let user = bench.forest.create_user(UserSpec::default()).unwrap();
    let policy = bench.forest.policy_guard().unwrap();
    let day = PolicyChange {
        min_age_seconds: Some(86_400),
        ..PolicyChange::default()
    };
    policy.set(&day).unwrap();
    let found = bench.look(&good, Some(&user.upn)).await;
    drop(policy);
    let (state, check) = ("a password that is too young", "person-password-age");
    let by = Mended::ByHand;
    bench.row_of(&user.sam, state, check, &found, by).await;
    bench.forest.delete_user(&user).unwrap();
}

/// What the remedy says in words: what is left of an administrator is taken away.
fn no_more_an_administrator(bench: &Bench, user: &TestUser) {
    let edit = bench.forest.edit().unwrap();
    edit.set(&user.by_guid(), "adminCount", &[] as &[&str])
        .unwrap();
    let groups = bench
        .dc(0)
        .samba_tool(&["group", "listmembers", "Domain Admins"]);
    if groups.unwrap().lines().any(|it| it == user.sam) {
        let remove = ["group", "removemembers", "Domain Admins", &user.sam];
        bench.dc(0).samba_tool(&remove).unwrap();
    }
}
