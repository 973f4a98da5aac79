//! One of the people.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use tokio::time;
use writeback_lab::TestUser;
use writeback_stage::{Page, Person};

use super::{
    Crowd,
    tally::{End, Reset},
};
use crate::faults::{Chance, Says, Word, says};

/// A mail is in the folder before the page that speaks of it is there, or soon after.
const CODE_WITHIN: Duration = Duration::from_secs(15);

/// Somebody who comes again and again.
pub(super) struct Visitor {
    crowd: Arc<Crowd>,
    account: TestUser,
    number: usize,
    chance: Chance,
}

impl Visitor {
    pub(super) fn new(crowd: Arc<Crowd>, account: TestUser, number: usize) -> Self {
        Self {
            crowd,
            account,
            number,
            // The same run comes again with the same numbers.
            chance: Chance(u64::try_from(number).unwrap_or_default()),
        }
    }

    /// Resets until the time is over; all that began.
    pub(super) async fn resets(mut self) -> Vec<Reset> {
        let mut resets = Vec::new();
        loop {
            time::sleep(self.a_while()).await;
            if Instant::now() >= self.crowd.until {
                return resets;
            }
            resets.push(self.reset(resets.len()).await);
        }
    }

    /// Half to one and a half of the pause.
    fn a_while(&mut self) -> Duration {
        let most = u64::try_from(self.crowd.pause.as_millis()).unwrap_or_default();
        Duration::from_millis(most / 2 + self.chance.below(most + 1))
    }

    async fn reset(&self, round: usize) -> Reset {
        let began = Instant::now();
        let failed = |error: anyhow::Error| End::Failed(format!("{error:#}"));
        let (person, form) = match self.form().await {
            Ok(asked) => asked,
            Err(error) => {
                return Reset {
                    from: began,
                    to: Instant::now(),
                    was_sent: false,
                    end: failed(error),
                };
            }
        };
        let password = format!("Ramai-{}-{round} {}", self.number, std::process::id());
        let from = Instant::now();
        let page = person.sets_password(&form, &password).await;
        Reset {
            from,
            to: Instant::now(),
            was_sent: true,
            end: page.map_or_else(failed, |page| end(&page)),
        }
    }

    /// As far as the page that asks for the new password.
    async fn form(&self) -> Result<(Person, Page)> {
        let (address, mails) = (&self.account.recovery_mail, &self.crowd.mails);
        let before = mails.codes(address)?;
        let person = self.crowd.stage().person()?;
        let page = person.says_name(&self.account.upn).await?;
        ensure!(page.path == "/reset/code", "{}: {}", page.path, page.text());
        let deadline = Instant::now() + CODE_WITHIN;
        let code = loop {
            if let Some(code) = mails.code(address, before)? {
                break code;
            }
            if Instant::now() > deadline {
                bail!("no mail with a code came");
            }
            time::sleep(Duration::from_millis(200)).await;
        };
        let page = person.gives_code(&page, &code).await?;
        let asks = page.path == "/reset/password" && page.html.contains("id=\"again\"");
        ensure!(asks, "{}: {}", page.path, page.text());
        Ok((person, page))
    }
}

fn end(page: &Page) -> End {
    match says(page) {
        Says::Word(Word::Changed) => End::Changed,
        Says::Word(Word::NotChanged) => End::NotChanged(cause(page)),
        Says::NotYet => End::Unknown,
        Says::NothingTakenOn | Says::Nothing => {
            End::Failed(format!("{} {}: {}", page.status, page.path, page.text()))
        }
    }
}

/// The id of the cause that the page gives.
fn cause(page: &Page) -> String {
    let cause = page.html.split_once("data-cause=\"");
    let id = cause.and_then(|(_, rest)| rest.split('"').next());
    id.unwrap_or("none given").to_owned()
}
