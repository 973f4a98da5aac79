//! A round: many requests with their faults, then health, then the judgement.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;
use writeback_model::TenantId;
use writeback_store::{AuditStore as _, RequestStore as _};
use writeback_store_sqlite::SqliteStore;

use super::{
    judge::{Witness, truth, version, word_of_row, words_of_audit},
    plan::Fault,
    tally::{Judged, Tally},
    told::{Told, Word},
    walk::{Around, Somebody, walk},
};

/// More records than one request leaves, for all of a round.
const AUDIT_LINES_EACH: usize = 60;

/// One account of the run and the password it should have.
pub(super) struct Account {
    pub(super) who: Somebody,
    pub(super) password: String,
}

/// One request of the round: whose it is, and what was there before.
struct Asked {
    fault: Fault,
    new: String,
    version_before: u32,
}

/// Runs one request for each account, with one fault each.
pub(super) async fn run(
    around: &Arc<Around>,
    accounts: &mut [Account],
    faults: &[Fault],
    first: usize,
    tenant: TenantId,
    tally: &mut Tally,
) -> Result<()> {
    let world = &around.world;
    let mut asked = Vec::new();
    let pdc = world.pdc()?;
    for (at, (account, fault)) in accounts.iter().zip(faults).enumerate() {
        asked.push(Asked {
            fault: fault.clone(),
            new: format!("Jalan-{}-{}", first + at, account.who.account.sam),
            version_before: version(&world.forest, pdc, &account.who.account)?,
        });
    }
    world.begin_round(asked.len());
    let mut walks = JoinSet::new();
    for (at, (account, asked)) in accounts.iter().zip(&asked).enumerate() {
        let (around, who) = (Arc::clone(around), account.who.clone());
        let (fault, new) = (asked.fault.clone(), asked.new.clone());
        walks.spawn(async move { (at, walk(around, who, fault, new).await) });
    }
    let mut told: Vec<Option<Told>> = asked.iter().map(|_| None).collect();
    let count = asked.len();
    let mut done = 0;
    while let Some(walked) = walks.join_next().await {
        let (at, walked) = walked?;
        done += 1;
        match walked {
            Ok(walked) => {
                if let Some(place) = told.get_mut(at) {
                    *place = Some(walked);
                }
            }
            Err(error) => eprintln!("  request {} was never made: {error:#}", first + at),
        }
        if done % 10 == 0 || done == count {
            println!("  {done} of {count} have their answer");
        }
    }
    world.check()?;
    tokio::task::block_in_place(|| world.settle_controllers())?;
    // Mails are sent in the background.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let trail = Trail::read(around, tenant, count).await?;
    for (at, ((account, asked), told)) in accounts.iter_mut().zip(&asked).zip(&told).enumerate() {
        if let Some(told) = told {
            let number = first + at;
            judge(around, &trail, account, asked, told, number, tally).await?;
        }
    }
    println!("  so far: {}", tally.line());
    Ok(())
}

/// The cloud's own records of a round.
struct Trail {
    store: SqliteStore,
    tenant: TenantId,
    audit: Vec<String>,
}

impl Trail {
    async fn read(around: &Around, tenant: TenantId, requests: usize) -> Result<Self> {
        let database = around.world.stage().database();
        let store = SqliteStore::open(&database).await?;
        let lines = u32::try_from(requests * AUDIT_LINES_EACH)?;
        let audit = store.last_audit_lines(tenant, lines).await?;
        Ok(Self {
            store,
            tenant,
            audit,
        })
    }
}

async fn judge(
    around: &Around,
    trail: &Trail,
    account: &mut Account,
    asked: &Asked,
    told: &Told,
    number: usize,
    tally: &mut Tally,
) -> Result<()> {
    let (world, user) = (&around.world, &account.who.account);
    let mut words: Vec<(&'static str, Word)> =
        told.pages.iter().map(|word| ("page", *word)).collect();
    if told.nothing_taken_on {
        words.push(("the form again", Word::NotChanged));
    }
    if let Some(request) = &told.request {
        let row = trail.store.request(trail.tenant, request.parse()?).await?;
        words.extend(row.as_ref().and_then(word_of_row).map(|word| ("row", word)));
        let audit = words_of_audit(&trail.audit, request);
        words.extend(audit.into_iter().map(|word| ("audit", word)));
    }
    for address in [&user.recovery_mail, &user.mail] {
        let mails = around.mails.words(told.mails_before, address)?;
        words.extend(mails.into_iter().map(|word| ("mail", word)));
    }
    let expect_changed = words.iter().any(|(_, word)| *word == Word::Changed);
    let passwords = [account.password.as_str(), asked.new.as_str()];
    let pdc = world.pdc().context("the judge")?;
    let truth = tokio::task::block_in_place(|| {
        let before = asked.version_before;
        truth(&world.forest, pdc, user, passwords, before, expect_changed)
    })?;
    let witnesses = words
        .into_iter()
        .map(|(who, word)| Witness {
            who,
            word,
            is_so: truth.agrees(word),
        })
        .collect();
    tally.add(Judged {
        number,
        account: &user.sam,
        fault: &asked.fault,
        told,
        truth: &truth,
        witnesses,
    });
    if truth.new.is_ok() {
        account.password.clone_from(&asked.new);
    }
    Ok(())
}
