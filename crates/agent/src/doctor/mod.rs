//! `writeback doctor` on the agent's machine: looks at everything that a password's way needs,
//! and changes nothing but, where it is asked to, the password of a test account. The agent may run meanwhile: the state folder is looked at, never locked,
//! and the link that is opened says no hello, so that the cloud goes on with the agent's own.

mod cloud;
mod controller;
mod directory;
mod idle;
mod known;
mod machine;
mod pdc;
mod person;
mod rights;
mod round_trip;
mod signing;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use writeback_doctor::{Finding, Of, Step, check, complete, run};
use writeback_model::{Clock, Entropy};

use crate::config::AgentConfig;

/// How long one step may take: a little more than what connections are given.
const STEP_LIMIT: Duration = Duration::from_secs(18);

/// What to look at.
pub struct Examination {
    /// The configuration file.
    pub config: PathBuf,
    /// Whose account to look at, by user principal name or account name.
    pub user: Option<String>,
    /// Whether that account is a test account whose password is to be reset, to see that all of the
    /// way works.
    pub round_trip: bool,
    /// For how long to keep silent connections to the cloud, one for each; none is kept where
    /// this is empty.
    pub silences: Vec<Duration>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// What every step knows.
pub(crate) struct Around {
    pub(crate) file: String,
    pub(crate) config: AgentConfig,
    pub(crate) user: Option<person::Sought>,
    pub(crate) silences: Vec<Duration>,
    pub(crate) ready: round_trip::Ready,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// Looks at everything, and gives what was found in the order in which it should be read. Where a
/// round trip is wanted, it is made last, and only when all that it needs was found to be fine.
pub async fn examine(examination: Examination) -> Vec<Finding> {
    let silent = !examination.silences.is_empty();
    let user = examination.user.clone();
    let tested = user.clone().filter(|_| examination.round_trip);
    let around = Arc::new(Mutex::new(None));
    let first = {
        let around = Arc::clone(&around);
        step("configuration", "", async move {
            machine::configuration(examination, &around)
        })
    };
    let mut found = run(vec![first]).await;
    let around = around.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let (Some(name), Some(around)) = (&tested, around)
        && round_trip::may_begin(&found)
    {
        found.retain(|it| it.check != round_trip::CHECK);
        let trip = round_trip::go(around, name.clone());
        let trip = Step::new(round_trip::CHECK, name, round_trip::LIMIT, trip);
        found.extend(run(vec![trip]).await);
        found = complete(found);
    }
    // What was not asked for was not to be reached.
    found.retain(|it| match check(it.check).map(|it| it.of) {
        Some(Of::Person) => user.is_some(),
        Some(Of::TestAccount) => tested.is_some(),
        _ => silent || it.check != idle::CHECK,
    });
    found
}

pub(crate) fn step(
    check: &'static str,
    subject: impl Into<String>,
    work: impl Future<Output = writeback_doctor::Outcome> + Send + 'static,
) -> Step {
    Step::new(check, subject, STEP_LIMIT, work)
}
