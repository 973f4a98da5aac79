//! One person's reset or unlock, with a fault on the way.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use tokio::{
    sync::{Semaphore, watch},
    time,
};
use writeback_lab::TestUser;
use writeback_stage::{Page, Person};

use super::{
    mails::Mails,
    moment::{Sending, request_of, strike},
    plan::Fault,
    steps::Steps,
    told::{Says, Told, says},
    wish::Wish,
    world::World,
};

/// A person tries again so long to be asked for the password: faults of others are in the way.
const FORM_WITHIN: Duration = Duration::from_secs(180);
/// A person waits so long for others' faults to end before the form is sent.
const QUIET_WITHIN: Duration = Duration::from_secs(25);
/// A code that did not come by then is asked for anew.
const CODE_WITHIN: Duration = Duration::from_secs(4);
/// So often a person sends the form again of which nothing was taken on, before the fault.
const TRIES: usize = 4;
/// A request that broke off may still be on its way into the store.
const TAKEN_ON_WITHIN: Duration = Duration::from_secs(3);
/// What is not known after so much health is late.
const KNOWN_WITHIN: Duration = Duration::from_secs(60);
/// What is not known then is given up.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(150);
/// How often the page is loaded again.
const RELOAD_EVERY: Duration = Duration::from_millis(1_200);

/// So often a page that said something definite is loaded again: it has to stay so.
const LOOKS_AGAIN: usize = 1;

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
    wish: Wish,
) -> Result<Told> {
    for _ in 1..TRIES {
        // One that was in vain says little: it never came as far as a fault could reach it.
        if let Some(told) = once(&around, &who, &fault, &wish, false).await? {
            return Ok(told);
        }
    }
    let told = once(&around, &who, &fault, &wish, true).await?;
    Ok(told.unwrap_or_default())
}

/// `None` when it was in vain and is to be tried again.
async fn once(
    around: &Arc<Around>,
    who: &Somebody,
    fault: &Fault,
    wish: &Wish,
    last: bool,
) -> Result<Option<Told>> {
    let room = around.room.acquire().await?;
    let (person, page) = match form(around, who).await {
        Ok(form) => form,
        Err(error) => {
            around.world.fault_over();
            return Err(error);
        }
    };
    until_quiet(around).await;
    let (in_place, mut may_send) = watch::channel(false);
    let (sending, sent) = watch::channel(Sending::Ready);
    let name = request_of(around.steps.listen(), &who.id, sent.clone());
    let listen = around.steps.listen();
    let disturbing = async {
        let struck = strike(around, fault, listen, &who.id, in_place, sent.clone()).await;
        let name = name.await;
        let may_be_vain = !last && name.is_none() && matches!(struck, Ok(None));
        let in_vain = may_be_vain && is_in_vain(sent).await;
        if !in_vain {
            around.world.fault_over();
        }
        drop(room);
        (name, struck, in_vain)
    };
    let reading = async {
        // Not sent at all only where the striking broke off.
        let _ = may_send.wait_for(|may| *may).await;
        let first = match wish {
            Wish::Reset(password) => person.sends_password(&page, password).await,
            Wish::Unlock => person.unlocks(&page).await,
        };
        read_on(around, &person, first.ok(), &sending).await
    };
    let ((request, struck, in_vain), mut told) = tokio::join!(disturbing, reading);
    if let Some(request) = &request {
        around.steps.board.forget(request);
    }
    told.request = request;
    match struck {
        Ok(struck) => told.struck = struck,
        Err(error) => eprintln!("a fault could not be done or undone: {error:#}"),
    }
    Ok((!in_vain).then_some(told))
}

async fn until_quiet(around: &Around) {
    let deadline = Instant::now() + QUIET_WITHIN;
    while !around.world.is_quiet() && Instant::now() < deadline {
        time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether nothing was taken on. Not known for a minute: something was.
async fn is_in_vain(mut sent: watch::Receiver<Sending>) -> bool {
    let ended = sent.wait_for(|sending| *sending != Sending::Ready);
    match time::timeout(KNOWN_WITHIN, ended).await {
        Ok(Ok(sending)) => *sending == Sending::InVain,
        _ => false,
    }
}

/// Loads the page again until it says something definite, and once more then.
async fn read_on(
    around: &Around,
    person: &Person,
    first: Option<Page>,
    sending: &watch::Sender<Sending>,
) -> Told {
    let mut told = Told::default();
    let mut page = first;
    let mut looked_again = 0;
    let sent_at = Instant::now();
    loop {
        looked_again += usize::from(!told.pages.is_empty());
        match page.as_ref().map(says) {
            Some(Says::Word(word)) => {
                sending.send_replace(Sending::Ended);
                told.pages.push(word);
            }
            Some(Says::NothingTakenOn) if sent_at.elapsed() > TAKEN_ON_WITHIN => {
                sending.send_replace(Sending::InVain);
                told.nothing_taken_on = told.pages.is_empty();
                return told;
            }
            _ => {}
        }
        if looked_again == LOOKS_AGAIN {
            return told;
        }
        if let Some(healthy) = around.world.healthy_for() {
            told.late |= healthy > KNOWN_WITHIN && told.pages.is_empty();
            if healthy > GIVEN_UP_AFTER {
                return told;
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
    let address = &who.account.recovery_mail;
    let before = around.mails.codes(address)?;
    let person = around.world.person()?;
    let page = person.says_name(&who.account.upn).await?;
    if page.path != "/reset/code" {
        bail!("{}: {}", page.path, page.text());
    }
    let deadline = Instant::now() + CODE_WITHIN;
    let code = loop {
        if let Some(code) = around.mails.code(address, before)? {
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
