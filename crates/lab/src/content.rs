//! What a new forest holds, written once and kept in its snapshot.

use anyhow::Result;

use crate::forest::Forest;
use crate::people::{PEOPLE, RESERVED_OU};
use crate::plan::{AGENT_SAM, PSO_LONG};
use crate::policy::{self, PolicyChange};
use crate::rights;
use crate::text::{escape_dn_value, ldif};
use crate::userspec::UserSpec;

/// Policy of every forest until a test changes it.
pub(crate) const POLICY: PolicyChange = PolicyChange {
    min_length: Some(7),
    history: Some(24),
    min_age_seconds: Some(0),
    complexity: Some(true),
    lockout_threshold: Some(10),
    lockout_seconds: Some(30 * 60),
};

pub(crate) fn fill(forest: &Forest) -> Result<()> {
    policy::apply(forest, &POLICY)?;
    // "Lab" carries the marks that show whether replication has come through.
    for ou in ["People", "Lab", RESERVED_OU] {
        let dn = format!("OU={},{}", escape_dn_value(ou), forest.base_dn);
        let record = ldif("dn", dn) + "changetype: add\nobjectClass: organizationalUnit\n";
        forest.change(&record)?;
    }
    // Twelve characters; the rest as in the domain's policy.
    forest.change(&format!(
        "dn: {}\nchangetype: add\nobjectClass: msDS-PasswordSettings\n\
         msDS-PasswordSettingsPrecedence: 10\n\
         msDS-PasswordReversibleEncryptionEnabled: FALSE\n\
         msDS-PasswordHistoryLength: 24\nmsDS-PasswordComplexityEnabled: TRUE\n\
         msDS-MinimumPasswordLength: 12\nmsDS-MinimumPasswordAge: 0\n\
         msDS-MaximumPasswordAge: -36288000000000\nmsDS-LockoutThreshold: 10\n\
         msDS-LockoutObservationWindow: -18000000000\nmsDS-LockoutDuration: -18000000000\n",
        forest.pso_dn(PSO_LONG)
    ))?;
    let agent = forest.create_user(UserSpec {
        sam: Some(AGENT_SAM.to_owned()),
        password: Some(forest.agent_password.clone()),
        given_name: Some("Writeback".to_owned()),
        surname: Some("Agent".to_owned()),
        ou: Some(format!("CN=Users,{}", forest.base_dn)),
        never_expires: true,
        ..UserSpec::default()
    })?;
    rights::grant(forest, &agent)?;
    PEOPLE
        .iter()
        .try_for_each(|person| forest.create_user(person.spec(forest)).map(drop))
}
