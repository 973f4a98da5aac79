//! The domain's password policy, changed by one test at a time.

use anyhow::{Context as _, Result};

use crate::forest::Forest;
use crate::lock::{self, Guard};

/// What to change; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyChange {
    /// Minimum length in characters.
    pub min_length: Option<u32>,
    /// Passwords remembered.
    pub history: Option<u32>,
    /// Minimum age in seconds.
    pub min_age_seconds: Option<u64>,
    /// Three kinds of characters of five.
    pub complexity: Option<bool>,
    /// Wrong passwords until lockout; 0 never locks.
    pub lockout_threshold: Option<u32>,
    /// Lockout duration and observation window in seconds.
    pub lockout_seconds: Option<u64>,
}

/// Sole right to change the policy; puts the old one back when dropped.
pub struct PolicyGuard {
    forest: Forest,
    before: PolicyChange,
    _lock: Guard,
}

impl Forest {
    /// For tests that change the policy: waits until nobody depends on it.
    pub fn policy_guard(&self) -> Result<PolicyGuard> {
        let lock = lock::exclusive(&format!("policy-{}", self.domain))?;
        Ok(PolicyGuard {
            before: self.policy()?,
            forest: self.clone(),
            _lock: lock,
        })
    }

    /// For tests that depend on the default policy: nobody changes it meanwhile.
    pub fn policy_shared(&self) -> Result<Guard> {
        lock::shared(&format!("policy-{}", self.domain))
    }

    /// The policy in force on the first DC.
    pub fn policy(&self) -> Result<PolicyChange> {
        let wanted = [
            "minPwdLength",
            "pwdHistoryLength",
            "minPwdAge",
            "pwdProperties",
            "lockoutThreshold",
            "lockoutDuration",
        ];
        let head = self
            .administrator(self.first_dc()?)
            .read(&self.base_dn, &wanted)?;
        let number = |name: &str| -> Result<i64> {
            head.text(name)
                .context(name.to_owned())?
                .parse()
                .context(name.to_owned())
        };
        let seconds = |name| Ok::<_, anyhow::Error>(number(name)?.unsigned_abs() / 10_000_000);
        Ok(PolicyChange {
            min_length: Some(u32::try_from(number("minPwdLength")?)?),
            history: Some(u32::try_from(number("pwdHistoryLength")?)?),
            min_age_seconds: Some(seconds("minPwdAge")?),
            complexity: Some(number("pwdProperties")? & 1 == 1),
            lockout_threshold: Some(u32::try_from(number("lockoutThreshold")?)?),
            lockout_seconds: Some(seconds("lockoutDuration")?),
        })
    }
}

impl PolicyGuard {
    /// Changes the policy on the first DC; other DCs follow by replication.
    pub fn set(&self, change: &PolicyChange) -> Result<()> {
        apply(&self.forest, change)
    }
}

impl Drop for PolicyGuard {
    fn drop(&mut self) {
        if let Err(error) = apply(&self.forest, &self.before) {
            eprintln!(
                "lab: cannot restore the policy of {}: {error:#}",
                self.forest.domain
            );
        }
    }
}

pub(crate) fn apply(forest: &Forest, change: &PolicyChange) -> Result<()> {
    // Durations are stored as negative multiples of 100 ns.
    let interval =
        |seconds: u64| format!("-{}", seconds.saturating_mul(10_000_000)).replace("-0", "0");
    let values = [
        ("minPwdLength", change.min_length.map(|v| v.to_string())),
        ("pwdHistoryLength", change.history.map(|v| v.to_string())),
        ("minPwdAge", change.min_age_seconds.map(interval)),
        (
            "pwdProperties",
            change.complexity.map(|on| u8::from(on).to_string()),
        ),
        (
            "lockoutThreshold",
            change.lockout_threshold.map(|v| v.to_string()),
        ),
        (
            "lockOutObservationWindow",
            change.lockout_seconds.map(interval),
        ),
        ("lockoutDuration", change.lockout_seconds.map(interval)),
    ];
    let mut record = format!("dn: {}\nchangetype: modify\n", forest.base_dn);
    for (name, value) in values {
        if let Some(value) = value {
            record += &format!("replace: {name}\n{name}: {value}\n-\n");
        }
    }
    forest.change(&record)
}
