//! People who sign in with their directory's password while all is disturbed: what they are told
//! of it has to be so as well.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use serde::Serialize;
use serde_json::json;
use tokio::{
    sync::watch,
    time::{self, MissedTickBehavior},
};

use super::{accounts::Account, chance::Chance, walk::Around};

/// How often somebody signs in.
const EVERY: Duration = Duration::from_millis(400);

/// What became of them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct SignIns {
    pub(super) tried: usize,
    pub(super) told_valid: usize,
    pub(super) told_wrong: usize,
    /// Not judged, or not answered at all.
    pub(super) not_told: usize,
    pub(super) lies: usize,
}

impl SignIns {
    fn answered(&mut self, is_right: bool, answer: Answer) {
        self.tried += 1;
        match answer {
            Answer::Valid => self.told_valid += 1,
            Answer::Wrong => self.told_wrong += 1,
            Answer::NotTold => self.not_told += 1,
        }
        let lied = match answer {
            Answer::Valid => !is_right,
            Answer::Wrong => is_right,
            Answer::NotTold => false,
        };
        self.lies += usize::from(lied);
    }

    pub(super) fn missing(&self) -> Option<String> {
        (self.told_valid + self.told_wrong == 0)
            .then(|| "nobody who signed in was told anything".to_owned())
    }

    pub(super) fn line(&self) -> String {
        format!(
            "sign-ins {}: told valid {}, wrong {}, nothing {}; lies {}",
            self.tried, self.told_valid, self.told_wrong, self.not_told, self.lies
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Valid,
    Wrong,
    NotTold,
}

/// Signs in again and again until `stop`, one time in four with a wrong password.
pub(super) async fn sign_in(
    around: Arc<Around>,
    accounts: Vec<Account>,
    seed: u64,
    mut stop: watch::Receiver<bool>,
) -> SignIns {
    let mut sign_ins = SignIns::default();
    let mut chance = Chance(seed);
    let mut tick = time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for account in accounts.iter().cycle() {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            _ = tick.tick() => {}
        }
        let is_right = chance.below(4) > 0;
        let password = if is_right {
            account.password.clone()
        } else {
            format!("Salah-{}", chance.below(1_000_000))
        };
        let answer = ask(&around, &account.who.account.upn, &password).await;
        sign_ins.answered(is_right, answer.unwrap_or(Answer::NotTold));
    }
    sign_ins
}

async fn ask(around: &Around, name: &str, password: &str) -> Result<Answer> {
    let person = around.world.person()?;
    let body = json!({ "name": name, "password": password });
    let asked = person.call("POST", "/sign-in", None, Some(&body));
    let (status, answer) = time::timeout(Duration::from_secs(20), asked).await??;
    let code = answer.pointer("/error/code").and_then(|code| code.as_str());
    Ok(match (status, code) {
        (200, _) => Answer::Valid,
        (_, Some("wrong-password")) => Answer::Wrong,
        _ => Answer::NotTold,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_answer_is_a_lie_and_none_is_not() {
        let mut sign_ins = SignIns::default();
        assert!(sign_ins.missing().is_some());
        for (is_right, answer) in [
            (true, Answer::Valid),
            (false, Answer::Wrong),
            (true, Answer::NotTold),
        ] {
            sign_ins.answered(is_right, answer);
        }
        assert_eq!(sign_ins.lies, 0);
        sign_ins.answered(true, Answer::Wrong);
        sign_ins.answered(false, Answer::Valid);
        assert_eq!((sign_ins.lies, sign_ins.tried), (2, 5));
        assert!(sign_ins.missing().is_none());
    }
}
