//! Setting the reset policy.

use writeback_policy::{
    Limits, RecoveryAttribute,
    access::{KnownGroup, Method, ResetPolicy, Wish, decide, remarks},
};

use super::{Admin, AdminError};

/// How many people are looked at together.
const PAGE: u32 = 500;

/// What is to be known of a policy that can be set.
#[derive(Clone, Debug)]
pub struct PolicyAnswer {
    /// The policy, with its groups found.
    pub policy: ResetPolicy,
    /// Whether it is another than the one that holds.
    pub differs: bool,
    /// What an operator should look at, for people to read.
    pub remarks: Vec<String>,
}

impl Admin<'_> {
    /// The reset policy as it is.
    pub async fn reset_policy(&self) -> Result<ResetPolicy, AdminError> {
        let tenant = self.tenant().await?;
        Ok(self.store.reset_policy(tenant.id).await?)
    }

    /// Whether a policy can be set, and what would follow. Nothing is written.
    pub async fn check_reset_policy(
        &self,
        mut policy: ResetPolicy,
        recovery: &[RecoveryAttribute],
    ) -> Result<PolicyAnswer, AdminError> {
        policy.check()?;
        let tenant = self.tenant().await?.id;
        let groups = self.store.groups(tenant).await?;
        let known: Vec<_> = groups
            .into_iter()
            .map(|group| KnownGroup {
                id: group.id,
                name: group.name,
            })
            .collect();
        let found = remarks(&mut policy, &known, Method::BUILT);
        let mut remarks: Vec<_> = found.iter().map(ToString::to_string).collect();
        let before = self.store.reset_policy(tenant).await?;
        if before != policy {
            remarks.extend(self.who_loses(&before, &policy, recovery).await?);
        }
        Ok(PolicyAnswer {
            differs: before != policy,
            policy,
            remarks,
        })
    }

    /// Sets a policy. It holds at once, also for whoever is between the gate and the new password.
    pub async fn set_reset_policy(
        &self,
        policy: ResetPolicy,
        recovery: &[RecoveryAttribute],
        by: &str,
    ) -> Result<PolicyAnswer, AdminError> {
        let answer = self.check_reset_policy(policy, recovery).await?;
        if answer.differs {
            let tenant = self.tenant().await?;
            let audit = self.record(
                tenant.id,
                writeback_store::activity::POLICY_CHANGED,
                format!("by {by}"),
            );
            self.store
                .set_reset_policy(tenant.id, &answer.policy, &audit)
                .await?;
        }
        Ok(answer)
    }

    /// How many people who can reset now cannot by another policy, by the reason.
    async fn who_loses(
        &self,
        before: &ResetPolicy,
        after: &ResetPolicy,
        recovery: &[RecoveryAttribute],
    ) -> Result<Vec<String>, AdminError> {
        let tenant = self.tenant().await?.id;
        let gather = self.gather(tenant, recovery, Limits::default());
        let (mut left_out, mut stranded) = (0_u64, 0_u64);
        let mut last = None;
        loop {
            let users = self.store.users(tenant, last, PAGE).await?;
            let Some(end) = users.last() else { break };
            last = Some(end.id);
            for user in &users {
                let mut facts = gather.facts(Some(user)).await?;
                facts.policy = before.clone();
                if !decide(Wish::Reset, &facts).allowed {
                    continue;
                }
                facts.policy = after.clone();
                match decide(Wish::Reset, &facts).refusal().map(|it| it.rule) {
                    None => {}
                    Some("gates" | "registered") => stranded += 1,
                    Some(_) => left_out += 1,
                }
            }
        }
        let mut remarks = Vec::new();
        if stranded > 0 {
            remarks.push(format!(
                "{} can reset now and could not any more: they have too little registered for \
                 the gates that it asks for",
                people(stranded)
            ));
        }
        if left_out > 0 {
            remarks.push(format!(
                "{} can reset now and could not any more: its scope and entries leave them out",
                people(left_out)
            ));
        }
        Ok(remarks)
    }
}

fn people(count: u64) -> String {
    if count == 1 {
        "1 person".to_owned()
    } else {
        format!("{count} people")
    }
}
