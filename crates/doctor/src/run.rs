//! Asks all checks, side by side.

use std::time::Duration;

use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::time::timeout;

use crate::{
    finding::{Finding, Verdict},
    order,
};

/// One thing to ask.
pub struct Step {
    check: &'static str,
    subject: String,
    limit: Duration,
    work: BoxFuture<'static, Outcome>,
}

/// What a step found, and what can be asked now.
#[derive(Default)]
pub struct Outcome {
    findings: Vec<Finding>,
    next: Vec<Step>,
}

impl Step {
    /// Asks `check` of `subject` for no longer than `limit`; what is not told by then could not
    /// be told.
    pub fn new(
        check: &'static str,
        subject: impl Into<String>,
        limit: Duration,
        work: impl Future<Output = Outcome> + Send + 'static,
    ) -> Self {
        Self {
            check,
            subject: subject.into(),
            limit,
            work: Box::pin(work),
        }
    }

    async fn done(self) -> Outcome {
        match timeout(self.limit, self.work).await {
            Ok(outcome) => outcome,
            Err(_) => Finding::new(self.check, &self.subject, Verdict::CouldNotRun)
                .because("It took too long.")
                .seen("gave up after", format!("{:?}", self.limit))
                .into(),
        }
    }
}

impl From<Finding> for Outcome {
    fn from(finding: Finding) -> Self {
        Self {
            findings: vec![finding],
            next: Vec::new(),
        }
    }
}

impl From<Vec<Finding>> for Outcome {
    fn from(findings: Vec<Finding>) -> Self {
        Self {
            findings,
            next: Vec::new(),
        }
    }
}

impl Outcome {
    /// And this can be asked now.
    #[must_use]
    pub fn then(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.next.extend(steps);
        self
    }

    /// And this was found, too.
    #[must_use]
    pub fn also(mut self, findings: impl IntoIterator<Item = Finding>) -> Self {
        self.findings.extend(findings);
        self
    }
}

/// Asks everything that can be asked, and says of the rest what was in the way. One finding for
/// each check and subject, the worst; in the order in which they should be read.
pub async fn run(steps: Vec<Step>) -> Vec<Finding> {
    let mut running: FuturesUnordered<_> = steps.into_iter().map(Step::done).collect();
    let mut found = Vec::new();
    while let Some(outcome) = running.next().await {
        found.extend(outcome.findings);
        running.extend(outcome.next.into_iter().map(Step::done));
    }
    order::complete(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(1);

    fn step(
        check: &'static str,
        subject: &'static str,
        outcome: impl FnOnce() -> Outcome + Send + 'static,
    ) -> Step {
        Step::new(check, subject, LIMIT, async move { outcome() })
    }

    #[tokio::test]
    async fn one_cause_is_one_red_line() {
        let name = || Finding::fault("cloud-name", "reset.example.org").into();
        let found = run(vec![step("cloud-name", "reset.example.org", name)]).await;
        let (first, rest) = found.split_first().unwrap();
        assert_eq!((first.check, first.verdict), ("cloud-name", Verdict::Fault));
        let dependants: Vec<_> = rest.iter().map(|it| it.check).collect();
        assert!(dependants.contains(&"cloud-link"), "{dependants:?}");
        for finding in rest {
            assert_eq!(finding.verdict, Verdict::NotReached);
            assert_eq!(finding.blocked_by, Some("cloud-name"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_given_up_and_the_others_are_told() {
        let slow = Step::new("cloud-name", "a", LIMIT, std::future::pending());
        let quick = step("configuration", "b", || {
            Outcome::from(Finding::fine("configuration", "b"))
        });
        let found = run(vec![slow, quick]).await;
        let verdict = |check| found.iter().find(|it| it.check == check).unwrap().verdict;
        assert_eq!(verdict("cloud-name"), Verdict::CouldNotRun);
        assert_eq!(verdict("configuration"), Verdict::Fine);
    }

    #[tokio::test(start_paused = true)]
    async fn steps_run_side_by_side_and_later_ones_after_what_they_need() {
        let wait = |subject: &'static str| {
            Step::new("dc-reachable", subject, LIMIT, async move {
                tokio::time::sleep(LIMIT / 2).await;
                Outcome::from(Finding::fine("dc-reachable", subject)).then([Step::new(
                    "dc-certificate",
                    subject,
                    LIMIT,
                    async move { Finding::fine("dc-certificate", subject).into() },
                )])
            })
        };
        let began = tokio::time::Instant::now();
        let found = run(vec![wait("dc1"), wait("dc2"), wait("dc3")]).await;
        assert_eq!(began.elapsed(), LIMIT / 2);
        assert_eq!(found.len(), 6);
    }
}
