//! Asking for cycles, and following them.

use std::{process::ExitCode, time::Duration};

use tokio::time;
use writeback_model::{Clock, DomainName};
use writeback_store::{RunStore, WantedCycle};
use writeback_sync::Profile;

use super::{
    follow::{Follow, Outcome, PATIENCE, Seen},
    screen::Screen,
};
use crate::{
    admin::{OpenCloud, operator},
    outside::SystemClock,
};

/// How often it is looked how far a cycle is.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Asks for run profiles of one forest, or of all.
pub(super) async fn want(
    open: &OpenCloud,
    forest: Option<&DomainName>,
    profiles: &[Profile],
) -> anyhow::Result<Vec<WantedCycle>> {
    let admin = open.admin();
    let by = operator::by();
    let mut wanted = Vec::new();
    for forest in admin.forests(forest).await? {
        wanted.push(admin.want_cycle(&forest.name, profiles, &by).await?);
    }
    Ok(wanted)
}

/// Says that it was asked for, and is not followed.
pub(super) fn asked_for(wanted: &[WantedCycle]) {
    for wanted in wanted {
        let names: Vec<_> = wanted.profiles.iter().map(|it| it.name()).collect();
        println!("{}  asked for: {}", wanted.forest, names.join(", "));
    }
    println!("`writeback admin sync history` shows how it went.");
}

/// Follows cycles until all have ended.
pub(super) async fn follow(open: &OpenCloud, wanted: Vec<WantedCycle>) -> anyhow::Result<ExitCode> {
    let tenant = open.admin().tenant().await?.id;
    let mut screen = Screen::new();
    let mut cycles: Vec<Follow> = wanted.into_iter().map(Follow::new).collect();
    let mut worst = Outcome::Success;
    while !cycles.is_empty() {
        let now = SystemClock.now();
        let running = open.store.running(tenant).await?;
        let waiting = open.store.wanted_cycles(tenant).await?;
        let mut left = Vec::new();
        for mut cycle in cycles {
            let id = cycle.wanted().cycle;
            let seen = Seen {
                wish_waits: waiting.iter().any(|it| it.cycle == id),
                runs: open.store.runs_of_cycle(tenant, id).await?,
                running: running.clone(),
            };
            let (words, outcome) = cycle.look(&seen, now);
            for word in &words {
                screen.say(word)?;
            }
            match outcome {
                None => left.push(cycle),
                Some(outcome) => {
                    if let Some(text) = last_word(outcome, cycle.wanted()) {
                        screen.line(&text)?;
                    }
                    worst = worst.max(outcome);
                }
            }
        }
        cycles = left;
        if !cycles.is_empty() {
            time::sleep(LOOK_EVERY).await;
        }
    }
    Ok(ExitCode::from(worst.exit_code()))
}

/// What to say about an end that no run tells of.
fn last_word(outcome: Outcome, wanted: &WantedCycle) -> Option<String> {
    let forest = &wanted.forest;
    let seconds = PATIENCE.as_secs();
    match outcome {
        Outcome::NotTaken => Some(format!(
            "{forest}  nobody has taken this up for {seconds} seconds: is `writeback cloud` \
             running? The wish is kept; a cloud that starts carries it out."
        )),
        Outcome::GivenUp => Some(format!(
            "{forest}  nobody has gone on with this for {seconds} seconds: the cloud was stopped \
             or restarted in the middle of it. Nothing is broken: ask again when it runs."
        )),
        _ => None,
    }
}
