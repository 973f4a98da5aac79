//! `writeback doctor` on the agent's machine: looks at everything that a password's way needs,
//! and changes nothing. The agent may run meanwhile: the state folder is looked at, never locked,
//! and the link that is opened says no hello, so that the cloud goes on with the agent's own.

mod cloud;
mod controller;
mod directory;
mod idle;
mod machine;
mod pdc;
mod person;
mod rights;
mod signing;

use std::{path::PathBuf, sync::Arc, time::Duration};

use writeback_doctor::{Finding, Of, Step, check, run};
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
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// Looks at everything, and gives what was found in the order in which it should be read.
pub async fn examine(examination: Examination) -> Vec<Finding> {
    let somebody = examination.user.is_some();
    let silent = !examination.silences.is_empty();
    let first = step("configuration", "", async move {
        machine::configuration(examination)
    });
    let mut found = run(vec![first]).await;
    // What was not asked for was not to be reached.
    let of_person = |it: &Finding| check(it.check).is_some_and(|it| it.of == Of::Person);
    found.retain(|it| (somebody || !of_person(it)) && (silent || it.check != idle::CHECK));
    found
}

pub(crate) fn step(
    check: &'static str,
    subject: impl Into<String>,
    work: impl Future<Output = writeback_doctor::Outcome> + Send + 'static,
) -> Step {
    Step::new(check, subject, STEP_LIMIT, work)
}
