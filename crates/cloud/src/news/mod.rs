//! Telling people by mail how it ended. It is owed from the moment at which the outcome is kept,
//! and sent until the mail server has taken it: also after a restart.

mod letters;
mod tries;

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use jiff::SignedDuration;
use tokio::{sync::mpsc::UnboundedReceiver, time};
use tokio_util::sync::CancellationToken;
use writeback_model::{Outcome, event};
use writeback_relay::Ended;
use writeback_store::{OwedNews, StoreError, User};

use self::{
    letters::letters,
    tries::{Next, next},
};
use crate::{
    mail::MailError,
    state::Cloud,
    words::{Language, Words},
};

/// How often it is looked for what is due without anything having ended.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// So many are sent at the same time. More than one, so that a slow server takes a queue in;
/// few, since servers count connections.
const AT_ONCE: u32 = 8;

/// Longer than sending takes: what was taken up by a process that has ended is due again then.
const TAKEN_UP_FOR: SignedDuration = SignedDuration::from_mins(1);

/// Sends what is owed, at once when a request ends, until `stop`: a changed password, so that
/// somebody whose account it is hears of it, unless the policy says otherwise; one that was in
/// doubt, however it ended.
pub async fn tell(cloud: Arc<Cloud>, mut ended: UnboundedReceiver<Ended>, stop: CancellationToken) {
    loop {
        if let Err(error) = send_due(&cloud, &stop).await {
            tracing::error!(
                event_id = event::STORE_FAILED,
                error = &error as &dyn std::error::Error,
                "news that people are owed could not be looked for; it is tried again"
            );
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = time::sleep(LOOK_EVERY) => {}
            Some(ended) = ended.recv() => note(&cloud, &ended).await,
        }
    }
}

/// What else follows from an end.
async fn note(cloud: &Cloud, ended: &Ended) {
    let asked = &ended.request.asked;
    match &ended.outcome {
        Outcome::NotChanged { cause } => {
            let remedy = Words::new(Language::English).remedy(cause);
            tracing::info!(request = %asked.id, event_id = cause.info().event_id,
                cause = cause.info().id, %remedy, "a request changed nothing");
        }
        // Unlocking tells nothing of the passwords that were tried.
        Outcome::Changed { .. } if !asked.operation.writes_password() => {}
        Outcome::Changed { .. } => {
            let key = asked.user.to_string();
            let limit = &cloud.limits.passwords_per_user;
            if let Err(error) = cloud.forgive(asked.tenant, limit, &key).await {
                tracing::error!(event_id = event::STORE_FAILED, request = %asked.id, error = &error as &dyn std::error::Error,
                    "what was counted under a limit could not be forgotten");
            }
        }
    }
}

/// Sends what is due, as long as the mail server takes anything.
async fn send_due(cloud: &Cloud, stop: &CancellationToken) -> Result<(), StoreError> {
    loop {
        let now = cloud.clock.now();
        let due = cloud.store.take_due_news(now, now + TAKEN_UP_FOR, AT_ONCE);
        let due = due.await?;
        let settled = join_all(due.iter().map(|news| send(cloud, news))).await;
        let mut any = false;
        for settled in settled {
            any |= settled?;
        }
        if !any || stop.is_cancelled() {
            return Ok(());
        }
    }
}

/// Sends the letters of one that the server has not taken yet. Whether nothing is owed any more.
async fn send(cloud: &Cloud, news: &OwedNews) -> Result<bool, StoreError> {
    let mut failed = None;
    let letters = letters(cloud, news).await?.into_iter();
    let mut left = letters
        .filter(|letter| !news.taken.contains(&letter.hash))
        .peekable();
    while let Some(letter) = left.next() {
        match cloud.mailer.send(&letter.address, &letter.text).await {
            // A process that ends just here sends it twice; mail programs see that it is the same.
            Ok(()) if left.peek().is_some() || failed.is_some() => {
                let (store, hash) = (&cloud.store, letter.hash);
                let noted = store.note_letter_taken(news.tenant, news.request, hash);
                noted.await?;
            }
            // Settled right away.
            Ok(()) => {}
            Err(error) => failed = Some(sooner(failed, error)),
        }
    }
    let Some(error) = failed else {
        cloud.store.settle_news(news.tenant, news.request).await?;
        return Ok(true);
    };
    not_taken(cloud, news, &error).await?;
    Ok(false)
}

/// The one that may pass sooner decides when it is tried again.
fn sooner(one: Option<MailError>, other: MailError) -> MailError {
    match one {
        Some(one) if !one.stays() => one,
        _ => other,
    }
}

async fn not_taken(cloud: &Cloud, news: &OwedNews, error: &MailError) -> Result<(), StoreError> {
    let next = next(news, error.stays(), cloud.clock.now());
    let (request, tries) = (news.request, news.tries);
    match next {
        Next::Again(at) => {
            tracing::warn!(event_id = event::MAIL_FAILED, %request, tries, next = %at, error = error as &dyn std::error::Error,
                "a mail that tells how a request ended was not taken; it is tried again");
            let put_off = cloud.store.put_off_news(news.tenant, request, at);
            put_off.await?;
        }
        Next::GiveUp => {
            tracing::error!(%request, tries, event_id = event::NEWS_GIVEN_UP, error = error as &dyn std::error::Error,
                "a mail that tells how a request ended is given up: see to the mail server, or to \
                 the person's addresses in the directory");
            cloud.store.settle_news(news.tenant, request).await?;
        }
    }
    Ok(())
}

/// The language to write to a person in.
pub fn language_of(user: &User) -> Language {
    Language::from_accept_language(user.attributes.language.as_deref().unwrap_or_default())
}
