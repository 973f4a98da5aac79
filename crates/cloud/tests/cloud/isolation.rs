//! Every frame and every route, tried by one tenant on what is another's.
//!
//! The agent and the browser of the second tenant know every identifier of the first: they get
//! nothing of it and change nothing in it. A frame or route that is not in the tables here fails
//! a test: whoever adds one says how it was tried.

use std::{collections::BTreeSet, path::Path};

use jiff::SignedDuration;
use uuid::Uuid;
use writeback_model::{
    Cause, Clock, DomainName, Operation, RequestId, RunId, SignInId, SourceAnchor, Target, UserId,
};
use writeback_store::{
    AgentStore, AuditStore, ConnectorStore, ForestStore, NewRequest, RequestStore, Run, RunStore,
    SyncStore, TenantStore, UserStore, Which,
};
use writeback_sync::{Counts, Profile, Rules, RunResult};
use writeback_wire::{
    Begun, Evidence, ForestHealth, ForestStatus, KnownTypes, ServedDomain, SignInAnswer, SignedIn,
    ToAgent, ToCloud,
    http::{ImportBatch, ImportComplete},
};

use crate::{
    setting::{Agent, Chance, Link, SCOPE, Setting, hello, imported, record},
    tenants::Two,
};

fn forest() -> DomainName {
    "corp.test".parse().unwrap()
}

/// What the first tenant has that the second one names.
struct Theirs {
    pending: RequestId,
    claimed: RequestId,
    import: RunId,
}

async fn request(setting: &Setting) -> RequestId {
    let now = setting.clock.now();
    let request = NewRequest {
        id: RequestId::new(&setting.clock, &Chance),
        tenant: setting.tenant.id,
        user: UserId::from_uuid(Uuid::from_u128(1)),
        operation: Operation::Reset {
            force_change: false,
        },
        target: Target {
            forest: forest(),
            domain: forest(),
            anchor: SourceAnchor::try_from_bytes(&[1; 16]).unwrap(),
        },
        created_at: now,
        expires_at: now + SignedDuration::from_secs(20),
    };
    let audit = record(setting.tenant.id, now);
    setting.store.add_request(&request, &audit).await.unwrap();
    request.id
}

impl Theirs {
    async fn of(two: &Two) -> Self {
        let (setting, tenant) = (&two.setting, two.setting.tenant.id);
        let now = setting.clock.now();
        let (pending, claimed) = (request(setting).await, request(setting).await);
        let claim = setting
            .store
            .claim_request(tenant, claimed, two.agent.id, now);
        claim.await.unwrap();
        let run = Run {
            id: RunId::new(&setting.clock, &Chance),
            cycle: RunId::new(&setting.clock, &Chance),
            forest: forest(),
            profile: Profile::FullImport,
            started_by: "the test".into(),
            agent: Some(two.agent.id),
            controllers: vec![],
            began_at: now,
            progress_at: now,
            ended_at: None,
            result: RunResult::Running,
            counts: Counts::default(),
            expected: None,
            detail: String::new(),
        };
        assert!(setting.store.begin_run(tenant, &run, false).await.unwrap());
        Self {
            pending,
            claimed,
            import: run.id,
        }
    }

    /// Everything that the first tenant has, as text.
    async fn all(&self, two: &Two) -> String {
        let (store, tenant) = (&two.setting.store, two.setting.tenant.id);
        let name = "ann@corp.test".parse().unwrap();
        format!(
            "{:#?}",
            (
                store.tenant(tenant).await.unwrap(),
                store.request(tenant, self.pending).await.unwrap(),
                store.request(tenant, self.claimed).await.unwrap(),
                store.runs(tenant, None, 99).await.unwrap(),
                store.run_problems(tenant, self.import).await.unwrap(),
                store.forests(tenant).await.unwrap(),
                store
                    .objects(tenant, &forest(), Which::All, None, 99)
                    .await
                    .unwrap(),
                store.users_by_name(tenant, &name).await.unwrap(),
                store.agents(tenant).await.unwrap(),
                store.sync_rules(tenant).await.unwrap(),
                store.last_audit_lines(tenant, 999).await.unwrap(),
            )
        )
    }
}

/// Frames of one type that name what is the first tenant's.
fn attacks(kind: &str, two: &Two, theirs: &Theirs) -> Vec<ToCloud> {
    let evidence = Evidence::default;
    let outcome = |request| ToCloud::Outcome {
        request,
        outcome: Cause::AccountLocked.into(),
        evidence: evidence(),
    };
    let frames = match kind {
        "hello" => vec![ToCloud::Hello(hello(&two.agent))],
        "status" => vec![ToCloud::Status(ForestStatus {
            forest: forest(),
            domains: vec![ServedDomain {
                name: "stolen.test".parse().unwrap(),
                netbios: Some("STOLEN".into()),
                upn_suffixes: vec!["stolen.test".into()],
            }],
            health: ForestHealth::NotReady {
                cause: Cause::NoAgent,
            },
            scope: Some("stolen".into()),
        })],
        "key" => vec![ToCloud::Key(hello(&two.agent).sealing_key)],
        "ticket" => vec![ToCloud::Ticket(hello(&two.agent).ticket.unwrap())],
        "leaving" => vec![ToCloud::Leaving],
        "claim" => [theirs.pending, theirs.claimed]
            .map(|request| ToCloud::Claim { request })
            .to_vec(),
        "begun" => [theirs.pending, theirs.claimed]
            .map(|request| ToCloud::Begun {
                request,
                begun: Begun {
                    controller: "stolen".into(),
                    invocation: None,
                    version_before: Some(1),
                    directory_time: jiff::Timestamp::UNIX_EPOCH,
                    remarks: Vec::new(),
                },
            })
            .to_vec(),
        "outcome" => [theirs.pending, theirs.claimed].map(outcome).to_vec(),
        "unresolved" => vec![ToCloud::Unresolved {
            request: theirs.claimed,
            cause: Cause::AccountLocked,
        }],
        "import_failed" => vec![ToCloud::ImportFailed {
            run: theirs.import,
            cause: Cause::NoAgent,
            detail: "stolen".into(),
            cookie_refused: true,
        }],
        "changed" => vec![ToCloud::Changed { forest: forest() }],
        "anchors_written" => vec![ToCloud::AnchorsWritten {
            run: theirs.import,
            written: 9,
            already: 9,
            refused: 9,
            why: Some("stolen".into()),
        }],
        "signed_in" => vec![ToCloud::SignedIn(SignedIn {
            sign_in: SignInId::from_uuid(Uuid::from_u128(6)),
            answer: SignInAnswer::Valid,
            lockout: None,
        })],
        new => panic!("frames of the type {new} were never tried: say here how"),
    };
    for frame in &frames {
        assert_eq!(type_of(frame), kind);
    }
    frames
}

/// A new frame does not compile here until somebody looks.
const fn type_of(frame: &ToCloud) -> &'static str {
    match frame {
        ToCloud::Hello(_) => "hello",
        ToCloud::Status(_) => "status",
        ToCloud::Key(_) => "key",
        ToCloud::Ticket(_) => "ticket",
        ToCloud::Leaving => "leaving",
        ToCloud::Claim { .. } => "claim",
        ToCloud::Begun { .. } => "begun",
        ToCloud::Outcome { .. } => "outcome",
        ToCloud::Unresolved { .. } => "unresolved",
        ToCloud::ImportFailed { .. } => "import_failed",
        ToCloud::Changed { .. } => "changed",
        ToCloud::AnchorsWritten { .. } => "anchors_written",
        ToCloud::SignedIn(_) => "signed_in",
    }
}

/// Sends a frame and a claim of nobody's request, so that what came before has been taken; what
/// was answered besides.
async fn answers(link: &mut Link, frame: &ToCloud) -> Vec<ToAgent> {
    link.send(frame).await;
    let marker = RequestId::from_uuid(Uuid::from_u128(77));
    link.send(&ToCloud::Claim { request: marker }).await;
    let mut answers = Vec::new();
    loop {
        match link.next().await {
            Some(ToAgent::Deny { request, .. }) if request == marker => return answers,
            Some(ToAgent::Watch { .. }) => {}
            Some(answer) => answers.push(answer),
            None => return answers,
        }
    }
}

#[tokio::test]
async fn no_frame_reaches_another_tenant() {
    let two = Two::new().await;
    let theirs = Theirs::of(&two).await;
    let before = theirs.all(&two).await;
    for kind in ToCloud::TYPES {
        for frame in attacks(kind, &two, &theirs) {
            // A link that ends with the frame must not spare the next one.
            let mut link = two.setting.link(&two.other_agent).await;
            for answer in answers(&mut link, &frame).await {
                // As of requests that are nobody's: unknown, and no longer to be told.
                let is_refusal = matches!(
                    &answer,
                    ToAgent::Deny {
                        why: writeback_wire::DenyReason::Unknown,
                        ..
                    } | ToAgent::Recorded { .. }
                );
                assert!(is_refusal, "{frame:?} was answered {answer:?}");
            }
            assert_eq!(theirs.all(&two).await, before, "after {frame:?}");
        }
    }
}

#[tokio::test]
async fn passwords_are_sealed_to_no_key_of_another_tenants_agent() {
    let mut two = Two::new().await;
    // The second tenant's agent shows the first one's key as its own, and a health as good.
    let stolen = hello(&two.agent).sealing_key;
    two.other_link.send(&ToCloud::Key(stolen)).await;
    let browser = crate::tenants::Browser::new(&two.setting);
    browser
        .get(&format!("/?tenant={}", two.setting.tenant.id))
        .await;
    let page = browser.open_gate("ann", 1).await;
    let (page, ()) = tokio::join!(
        browser.send_password(&page),
        crate::tenants::execute(&mut two.link)
    );
    assert_eq!(page.path, "/reset/outcome");
    let marker = RequestId::from_uuid(Uuid::from_u128(8));
    let heard = answers(&mut two.other_link, &ToCloud::Claim { request: marker }).await;
    let was_offered = |it: &ToAgent| matches!(it, ToAgent::Execute(_) | ToAgent::Resolve(_));
    assert!(!heard.iter().any(was_offered), "{heard:?}");
}

/// Words about anchors count only for runs of the agent's own tenant.
#[tokio::test]
async fn no_agent_speaks_for_another_tenants_export() {
    let two = Two::new().await;
    let (setting, tenant) = (&two.setting, two.setting.tenant.id);
    let rules = Rules {
        write_consistency_guid: true,
        ..Rules::default()
    };
    setting.admin().set_rules(&rules, "the test").await.unwrap();
    let mut mine = setting.link(&two.agent).await;
    let admin = setting.admin();
    let profiles = [Profile::Export];
    let forest = forest();
    let wanted = admin.want_cycle(&forest, &profiles, "the test").await;
    wanted.unwrap();
    let (run, count) = loop {
        let frame = mine.next().await.expect("the link ended");
        if let ToAgent::WriteAnchors { run, objects, .. } = frame {
            break (run, objects.len());
        }
    };
    assert_eq!(count, 1);
    let forged = ToCloud::AnchorsWritten {
        run,
        written: 9,
        already: 0,
        refused: 9,
        why: Some("stolen".into()),
    };
    let mut link = setting.link(&two.other_agent).await;
    assert_eq!(answers(&mut link, &forged).await, []);
    let honest = ToCloud::AnchorsWritten {
        run,
        written: 1,
        already: 0,
        refused: 0,
        why: None,
    };
    mine.send(&honest).await;
    for _ in 0..500 {
        let found = setting.store.run(tenant, run).await.unwrap().unwrap();
        if found.ended_at.is_some() {
            assert_eq!((found.counts.updated, found.counts.problems), (1, 0));
            assert!(!found.detail.contains("stolen"), "{found:?}");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the export does not end");
}

async fn post(setting: &Setting, agent: &Agent, path: String, body: &impl serde::Serialize) -> u16 {
    let token = setting.buy_token(&setting.assertion(agent, |_| {})).await;
    let call = setting.http.post(setting.at(&path)).json(body);
    let call = call.bearer_auth(token.unwrap());
    call.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn no_call_of_an_agent_reaches_another_tenant() {
    let two = Two::new().await;
    let theirs = Theirs::of(&two).await;
    let before = theirs.all(&two).await;
    let (setting, thief) = (&two.setting, &two.other_agent);
    let batch = ImportBatch {
        sequence: 0,
        objects: vec![imported(
            SourceAnchor::try_from_bytes(&[9; 16]).unwrap(),
            "eve",
        )],
        removed: vec![],
        position: None,
    };
    let complete = ImportComplete {
        batches: 0,
        objects: 0,
        controllers: vec!["stolen".into()],
        sees_deletions: true,
        scope: SCOPE.into(),
    };
    let run = theirs.import;
    let objects = format!("/agent/v1/runs/{run}/objects");
    assert_eq!(post(setting, thief, objects, &batch).await, 409);
    let whole = format!("/agent/v1/runs/{run}/complete");
    assert_eq!(post(setting, thief, whole, &complete).await, 409);
    // An assertion in the other agent's name, signed with one's own key.
    let forged = setting.assertion(thief, |claims| {
        claims["sub"] = serde_json::json!(two.agent.id);
        claims["iss"] = serde_json::json!(two.agent.id);
    });
    let refused = setting.buy_token(&forged).await.unwrap_err();
    assert_eq!(refused.error, "invalid_client");
    // Whoever enrols belongs to the tenant whose token it was, whatever they say.
    let (token, _) = setting
        .admin_of(two.other)
        .create_enrolment()
        .await
        .unwrap();
    assert_eq!(setting.enrol(&token).await.unwrap().tenant, two.other);
    assert_eq!(
        setting.enrol(&token).await.err().unwrap().error,
        "enrolment-token-used"
    );
    assert_eq!(theirs.all(&two).await, before);
}

/// Every route as its source names it, and the test that tried it from another tenant.
const ROUTES: &[(&str, &str)] = &[
    ("\"/health\"", "says ok to everybody"),
    ("ENROL_PATH", "no_call_of_an_agent_reaches_another_tenant"),
    ("TOKEN_PATH", "no_call_of_an_agent_reaches_another_tenant"),
    ("LINK_PATH", "no_frame_reaches_another_tenant"),
    (
        "&format!(\"{RUNS_PATH}/{{run}}/objects\")",
        "no_call_of_an_agent_reaches_another_tenant",
    ),
    (
        "&format!(\"{RUNS_PATH}/{{run}}/complete\")",
        "no_call_of_an_agent_reaches_another_tenant",
    ),
    (
        "SELF_PATH",
        "an_agent_is_told_what_is_known_of_itself_alone",
    ),
    (
        "&format!(\"{ROUND_TRIPS_PATH}/prepare\")",
        "nobody_else_is_reset",
    ),
    ("ROUND_TRIPS_PATH", "nobody_else_is_reset"),
    (
        "&format!(\"{ROUND_TRIPS_PATH}/{{request}}\")",
        "a_test_account_is_reset_once_and_the_hops_are_told",
    ),
    ("\"/\"", "no_page_shows_another_tenant"),
    (
        "\"/admin/sign-in\"",
        "one_tenants_administrator_sees_nothing_of_another",
    ),
    (
        "\"/admin/sign-out\"",
        "an_administrator_signs_in_reads_and_signs_out",
    ),
    (
        "\"/admin/doctor\"",
        "one_tenants_administrator_sees_nothing_of_another",
    ),
    ("\"/reset\"", "no_page_shows_another_tenant"),
    ("\"/reset/code\"", "no_page_shows_another_tenant"),
    ("\"/reset/code/resend\"", "no_page_shows_another_tenant"),
    ("\"/reset/password\"", "no_page_shows_another_tenant"),
    (
        "\"/reset/password/prepare\"",
        "no_page_shows_another_tenant",
    ),
    ("\"/reset/unlock\"", "no_page_shows_another_tenant"),
    ("\"/reset/outcome\"", "no_page_shows_another_tenant"),
    (
        "\"/users/{id}/explain\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/users/{id}/sessions\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/users/{id}\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/users/{id}/enable\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/users/{id}/disable\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/users/{id}/password\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/users/{id}/roles/{role}\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/users/{id}/licences/{sku}\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/roles\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/licences\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/doctor\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/writeback\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/writeback/enable\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/writeback/disable\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/writeback/test\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/audit\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/me\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/me/sessions\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/me/sessions/{id}\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    (
        "\"/sign-in\"",
        "no_call_of_an_administrator_reaches_another_tenant",
    ),
    ("\"/sign-out\"", "takes nothing but the caller's own token"),
    (
        "\"/me/password\"",
        "takes nothing but the caller's own token",
    ),
    (
        "\"/me/second-factor\"",
        "takes nothing but the caller's own token",
    ),
    (
        "\"/me/second-factor/verify\"",
        "takes nothing but the caller's own token",
    ),
    ("assets::css_path()", "the same for everybody"),
    ("assets::icon_path()", "the same for everybody"),
    ("assets::script_path()", "the same for everybody"),
    (
        "\"/.well-known/writeback-integrity\"",
        "the same for everybody",
    ),
];

/// The routes in the source: what stands first between the brackets of each `.route(`.
fn routes(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            routes(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for rest in text.split(".route(").skip(1) {
                let end = rest.find(",").unwrap();
                found.insert(rest[..end].trim().to_owned());
            }
        }
    }
}

#[test]
fn every_route_was_tried() {
    let mut found = BTreeSet::new();
    routes(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    let tried: BTreeSet<String> = ROUTES
        .iter()
        .map(|(route, _)| (*route).to_owned())
        .collect();
    assert_eq!(
        found, tried,
        "a route is added by trying it from another tenant and saying here which test does"
    );
}
