//! One person's reset, with a fault on the way.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use tokio::{
    sync::{Semaphore, broadcast::Receiver, broadcast::error::RecvError},
    time,
};
use writeback_lab::TestUser;
use writeback_stage::{Page, Person};

use super::{
    mails::Mails,
    plan::{Fault, Kind, Moment, Step},
    steps::{Seen, Steps},
    told::{Says, Told, says},
    world::World,
};

/// A person tries again so long to be asked for the password: faults of others are in the way.
const FORM_WITHIN: Duration = Duration::from_secs(180);
/// A step that did not come by then does not come.
const STEP_WITHIN: Duration = Duration::from_secs(15);
/// What is not known after so much health is late.
const KNOWN_WITHIN: Duration = Duration::from_secs(60);
/// What is not known then is given up.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(150);
/// How often the page is loaded again.
const RELOAD_EVERY: Duration = Duration::from_millis(1_200);

/// Somebody of the run.
#[derive(Clone, Debug)]
pub(super) struct Somebody {
    pub(super) account: TestUser,
    /// As the cloud knows them.
    pub(super) id: String,
}

/// What the people of a run share.
pub(super) struct Around {
    pub(super) world: World,
    pub(super) steps: Steps,
    pub(super) mails: Mails,
    /// How many are under way at once.
    pub(super) room: Semaphore,
}

/// Walks from the name to a definite word, or until everything has been healthy for long.
pub(super) async fn walk(
    around: Arc<Around>,
    who: Somebody,
    fault: Fault,
    password: String,
) -> Result<Told> {
    let room = around.room.acquire().await?;
    let form = form(&around, &who).await;
    let sent = match form {
        Ok((person, page)) => Ok(send(&around, &who, &fault, person, &page, &password).await),
        Err(error) => Err(error),
    };
    around.world.fault_over();
    drop(room);
    let (person, mut told, first) = sent?;
    let mut page = first;
    let sent_at = Instant::now();
    loop {
        match page.as_ref().map(says) {
            Some(Says::Word(word)) => {
                told.pages.push(word);
                return Ok(told);
            }
            // A request that broke off may still be on its way into the store.
            Some(Says::NothingTakenOn) if sent_at.elapsed() > Duration::from_secs(3) => {
                told.nothing_taken_on = true;
                return Ok(told);
            }
            _ => {}
        }
        if let Some(healthy) = around.world.healthy_for() {
            told.late |= healthy > KNOWN_WITHIN;
            if healthy > GIVEN_UP_AFTER {
                return Ok(told);
            }
        }
        time::sleep(RELOAD_EVERY).await;
        page = person.get("/reset/outcome").await.ok();
    }
}

/// As far as the page that asks for the new password.
async fn form(around: &Around, who: &Somebody) -> Result<(Person, Page)> {
    let deadline = Instant::now() + FORM_WITHIN;
    loop {
        match form_once(around, who).await {
            Ok(form) => return Ok(form),
            Err(error) if Instant::now() > deadline => {
                return Err(error.context("nobody was asked for a new password"));
            }
            Err(_) => time::sleep(Duration::from_millis(300)).await,
        }
    }
}

async fn form_once(around: &Around, who: &Somebody) -> Result<(Person, Page)> {
    let before = around.mails.count()?;
    let person = around.world.person()?;
    let page = person.says_name(&who.account.upn).await?;
    if page.path != "/reset/code" {
        bail!("{}: {}", page.path, page.text());
    }
    let deadline = Instant::now() + Duration::from_secs(4);
    let code = loop {
        if let Some(code) = around.mails.code(before, &who.account.recovery_mail)? {
            break code;
        }
        if Instant::now() > deadline {
            bail!("no mail with a code came");
        }
        time::sleep(Duration::from_millis(25)).await;
    };
    let page = person.gives_code(&page, &code).await?;
    if page.path != "/reset/password" || !page.html.contains("id=\"again\"") {
        bail!("{}: {}", page.path, page.text());
    }
    Ok((person, page))
}

async fn send(
    around: &Arc<Around>,
    who: &Somebody,
    fault: &Fault,
    person: Person,
    page: &Page,
    password: &str,
) -> (Person, Told, Option<Page>) {
    let mut told = Told {
        mails_before: around.mails.count().unwrap_or_default(),
        ..Told::default()
    };
    let name = request_of(around.steps.listen(), who.id.clone());
    let striking = strike(around, fault, around.steps.listen(), &who.id);
    let sending = async {
        let page = person.sends_password(page, password).await.ok();
        // Where the form came again at once, no step will come.
        (page, Instant::now())
    };
    let ((page, _), request, struck) = tokio::join!(sending, name, striking);
    told.request = request;
    match struck {
        Ok(struck) => told.struck = (fault.kind != Kind::None).then_some(struck),
        Err(error) => eprintln!("a fault could not be done or undone: {error:#}"),
    }
    (person, told, page)
}

/// The identifier under which the request of this person goes.
async fn request_of(mut listen: Receiver<Seen>, user: String) -> Option<String> {
    let found = async {
        loop {
            let seen = next(&mut listen).await?;
            if seen.step == Step::Accepted && seen.user.as_ref() == Some(&user) {
                return Some(seen.request);
            }
        }
    };
    time::timeout(STEP_WITHIN, found).await.ok().flatten()
}

/// Waits for the fault's moment and strikes; `true` when it struck.
async fn strike(
    around: &Arc<Around>,
    fault: &Fault,
    listen: Receiver<Seen>,
    user: &str,
) -> Result<bool> {
    if fault.kind == Kind::None {
        return Ok(false);
    }
    let own = match fault.moment {
        Moment::At(step) => {
            let Ok(agent) = time::timeout(STEP_WITHIN, reached(listen, user, step)).await else {
                return Ok(false);
            };
            agent
        }
        Moment::After(delay) => {
            let reached = reached(listen, user, Step::Recorded);
            time::timeout(delay, reached).await.ok().flatten()
        }
    };
    time::sleep(fault.after).await;
    let has_it = own.unwrap_or(fault.agent);
    let agent = if fault.own_agent {
        has_it
    } else {
        1 - has_it.min(1)
    };
    let (kind, lasts, around) = (fault.kind, fault.lasts, Arc::clone(around));
    tokio::task::spawn_blocking(move || around.world.strike(kind, agent, lasts))
        .await
        .context("a fault broke off")?
}

/// Waits until this person's request comes to a step; gives the agent that has it, if one has.
async fn reached(mut listen: Receiver<Seen>, user: &str, step: Step) -> Option<usize> {
    let mut heard: Vec<Seen> = Vec::new();
    loop {
        heard.push(next(&mut listen).await?);
        let own = heard
            .iter()
            .find(|seen| seen.user.as_deref() == Some(user))
            .map(|seen| seen.request.clone());
        // The agents' logs may be read before the cloud's.
        let Some(request) = own else { continue };
        heard.retain(|seen| seen.request == request);
        if heard.iter().any(|seen| seen.step == step) {
            return heard.iter().find_map(|seen| seen.agent);
        }
    }
}

async fn next(listen: &mut Receiver<Seen>) -> Option<Seen> {
    loop {
        match listen.recv().await {
            Ok(seen) => return Some(seen),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return None,
        }
    }
}
