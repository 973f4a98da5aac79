//! The cloud is killed at random moments of several resets at once: each request that it accepted
//! has one true end all the same, and the audit trail is whole.
//!
//! `WRITEBACK_SEED` repeats a run's choices.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::{join_all, try_join_all};
use jiff::Timestamp;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::Value;
use tempfile::TempDir;
use writeback_lab::{TestUser, UserSpec};
use writeback_model::{RequestId, RequestState, TenantId};
use writeback_stage::{Page, Person, Stage};
use writeback_store::{AuditStore as _, RequestStore as _, TenantStore as _, UserStore as _};
use writeback_store_sqlite::SqliteStore;

use crate::setting::{Setting, is_changed, is_not_changed, said_changed};

/// What cloud or agent says when a reset has come so far; the cloud is killed within
/// [`SOON`] after it. Nothing: within [`EARLY`] after the first form was sent.
const MOMENTS: [&str; 8] = [
    "",
    "",
    "a request was accepted",
    "a request was offered",
    "a claim was granted",
    "the write begins",
    "the outcome is told",
    "an outcome was recorded",
];
const EARLY: u64 = 40;
const SOON: u64 = 12;

/// So many reset at once, and begin within so many milliseconds of each other.
const PEOPLE: usize = 5;
const APART: u64 = 30;

/// An offer that went with the cloud expires after 40 s, a claim is doubted after 30 s.
const SETTLED_WITHIN: Duration = Duration::from_secs(150);

/// What the agent says when it is back.
const LINKED: &str = "the link to the cloud stands";

const NEW: &str = "Awan-Terbunuh 1";

struct Somebody {
    account: TestUser,
    person: Person,
    form: Page,
}

/// Requests that a killed cloud left open.
#[derive(Default)]
struct Left {
    pending: BTreeSet<RequestId>,
    claimed: BTreeSet<RequestId>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_killed_at_any_moment_loses_no_request_and_tears_no_chain() -> Result<()> {
    let seed = std::env::var("WRITEBACK_SEED").map_or_else(|_| Ok(rand::random()), |it| it.parse());
    let seed: u64 = seed.context("WRITEBACK_SEED is no number")?;
    println!("WRITEBACK_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let specs = vec![UserSpec::default(); MOMENTS.len() * PEOPLE];
    let (mut setting, accounts) = Setting::corp(specs).await?;
    let everybody = try_join_all(accounts.into_iter().map(|account| async {
        let (person, form) = setting.verified(&account).await?;
        anyhow::Ok(Somebody {
            account,
            person,
            form,
        })
    }))
    .await?;

    let mut left = Left::default();
    for (moment, people) in MOMENTS.into_iter().zip(everybody.chunks(PEOPLE)) {
        kill_while(&mut setting.stage, people, moment, &mut random, &mut left).await?;
        is_whole(&setting.stage)?;
    }
    let (pending, claimed) = (left.pending.len(), left.claimed.len());
    println!("{pending} requests were pending when the cloud was killed, {claimed} claimed");
    ensure!(pending > 0 && claimed > 0, "every kill came too late");

    let told = join_all(everybody.iter().map(|it| read_on(&it.person))).await;
    let forest = setting.forest("corp.test")?;
    for (who, page) in everybody.iter().zip(&told) {
        let (upn, page) = (&who.account.upn, page.as_ref());
        let page = page.map_err(|error| anyhow::anyhow!("{upn}: {error:#}"))?;
        if said_changed(page) {
            is_changed(forest, &who.account, page, NEW)?;
        } else {
            is_not_changed(forest, &who.account, page, NEW)?;
        }
    }
    let pages = everybody.iter().zip(told.into_iter().flatten());
    all_ended_once(&setting.stage, pages).await?;
    is_whole(&setting.stage)
}

/// All of them send their forms; the cloud is killed at the moment and started anew.
async fn kill_while(
    stage: &mut Stage,
    people: &[Somebody],
    moment: &str,
    random: &mut StdRng,
    left: &mut Left,
) -> Result<()> {
    let mut within = |most: u64| Duration::from_millis(random.random_range(0..most));
    let begins: Vec<_> = people.iter().map(|_| within(APART)).collect();
    let after = within(if moment.is_empty() { EARLY } else { SOON });
    let sending = join_all(people.iter().zip(begins).map(async |(who, begin)| {
        tokio::time::sleep(begin).await;
        // Breaks off with the cloud; what became of it is read later.
        let _ = who.person.sends_password(&who.form, NEW).await;
    }));
    let killing = async {
        if !moment.is_empty() {
            until_said_again(stage, moment, said(stage, moment)).await?;
        }
        tokio::time::sleep(after).await;
        stage.cloud_process()?.kill()?;
        look_at_what_is_left(stage, left).await?;
        let links = said(stage, LINKED);
        stage.start_cloud()?;
        // Without an agent the next ones would not be asked for a password.
        until_said_again(stage, LINKED, links).await
    };
    tokio::join!(sending, killing).1
}

async fn until_said_again(stage: &Stage, words: &str, before: usize) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(40);
    while said(stage, words) == before {
        ensure!(Instant::now() < deadline, "nobody says {words:?}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

/// How often cloud and agent have said that.
fn said(stage: &Stage, words: &str) -> usize {
    stage.all_logs().matches(words).count()
}

/// Looks at a copy, so that the cloud itself recovers what was torn.
async fn look_at_what_is_left(stage: &Stage, left: &mut Left) -> Result<()> {
    let folder = TempDir::new()?;
    let database = stage.database();
    for end in ["", "-wal"] {
        let from = format!("{}{end}", database.display());
        std::fs::copy(&from, folder.path().join(format!("cloud.db{end}"))).context(from)?;
    }
    let store = SqliteStore::open(&folder.path().join("cloud.db")).await?;
    let pending = store.overdue_requests(Timestamp::MAX).await?;
    left.pending.extend(pending.iter().map(|it| it.asked.id));
    let claimed = store.stale_claims(Timestamp::MAX).await?;
    left.claimed.extend(claimed.iter().map(|it| it.asked.id));
    Ok(())
}

fn is_whole(stage: &Stage) -> Result<()> {
    let verified = stage.admin_ran(&["audit", "verify"])?;
    ensure!(verified.code == 0, "{}{}", verified.stdout, verified.stderr);
    Ok(())
}

/// Loads the page again until it says how it ended, or asks for the password again because
/// nothing was accepted.
async fn read_on(person: &Person) -> Result<Page> {
    let deadline = Instant::now() + SETTLED_WITHIN;
    loop {
        let page = person.get("/reset/outcome").await?;
        if page.html.contains("data-outcome=") || page.path == "/reset/password" {
            return Ok(page);
        }
        ensure!(Instant::now() < deadline, "not known: {}", page.text());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Row, audit trail and page say the same of every request that was accepted.
async fn all_ended_once(
    stage: &Stage,
    pages: impl Iterator<Item = (&Somebody, Page)>,
) -> Result<()> {
    let store = SqliteStore::open(&stage.database()).await?;
    let tenant = store.tenants().await?.first().context("a tenant")?.id;
    let accepted = accepted(stage)?;
    let ends = ends(&store, tenant).await?;
    let mut told = BTreeMap::new();
    for (who, page) in pages {
        let found = store
            .users_by_name(tenant, &who.account.upn.parse()?)
            .await?;
        told.insert(found.first().context("a user")?.id.to_string(), page);
    }
    println!(
        "{} of {} requests were accepted",
        accepted.len(),
        told.len()
    );
    for (request, user) in &accepted {
        let row = store.request(tenant, request.parse::<RequestId>()?).await?;
        let row = row.with_context(|| format!("{request} was accepted and is not kept"))?;
        let changed = row.outcome.is_some_and(|outcome| outcome.is_changed());
        ensure!(
            matches!(row.state, RequestState::Done | RequestState::Expired),
            "{request} has no end: {:?}",
            row.state
        );
        let page = told.get(user).context("somebody else's request")?;
        ensure!(
            page.html.contains("data-outcome=") && said_changed(page) == changed,
            "{request} ended with changed = {changed}, and its page says {}",
            page.text()
        );
        let results = ends.get(request).map_or(&[][..], Vec::as_slice);
        ensure!(
            matches!(results, [one] if (one == "success") == changed),
            "{request} ended with changed = {changed}, and the trail has {results:?}"
        );
    }
    Ok(())
}

/// Requests that the cloud told to have accepted, and whose.
fn accepted(stage: &Stage) -> Result<BTreeMap<String, String>> {
    let log = stage.all_logs();
    let lines = log
        .lines()
        .filter(|it| it.contains("a request was accepted"));
    let word = |line: &str, name: &str| {
        let (_, rest) = line.split_once(name).context("such a field")?;
        anyhow::Ok(
            rest.split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    lines
        .map(|line| Ok((word(line, "request=")?, word(line, "user=")?)))
        .collect()
}

/// How each request ended, as often as the trail has it.
async fn ends(store: &SqliteStore, tenant: TenantId) -> Result<BTreeMap<String, Vec<String>>> {
    let mut ends: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in store.last_audit_lines(tenant, 10_000).await? {
        let line: Value = serde_json::from_str(&line)?;
        let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("activity") == writeback_store::activity::RESET_SELF_SERVICE {
            let of_request = ends.entry(text("correlation").to_owned()).or_default();
            of_request.push(text("result").to_owned());
        }
    }
    Ok(ends)
}
