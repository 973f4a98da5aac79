//! What a password of somebody of the cloud alone must be.

use writeback_model::{BannedMode, BannedRule, Secret};
use writeback_policy::banned::{BannedContext, Terms, check};
use writeback_store::{BannedRules, Tenant};
use writeback_sync::Attributes;

/// The shortest password, in characters: the reference product's.
const LENGTH_MIN: usize = 8;

/// The longest, in characters: the reference product's.
const LENGTH_MAX: usize = 256;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Too short.
    #[error("a password has at least {LENGTH_MIN} characters")]
    TooShort,
    /// Too long.
    #[error("a password has at most {LENGTH_MAX} characters")]
    TooLong,
    /// It holds the user name.
    #[error("a password does not contain the user name")]
    HoldsName,
    /// Others would guess it.
    #[error("others would guess this password (rule {}): choose several unrelated words", .0.id())]
    Banned(BannedRule),
}

impl NotTaken {
    /// Its name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password-too-short",
            Self::TooLong => "password-too-long",
            Self::HoldsName => "password-contains-name",
            Self::Banned(_) => "password-banned",
        }
    }
}

/// Whether somebody may have a password. Where the tenant only watches for banned ones, the rule
/// that would have refused it.
pub fn check_new_password(
    password: &Secret,
    person: &Attributes,
    tenant: &Tenant,
    rules: &BannedRules,
) -> Result<Option<BannedRule>, NotTaken> {
    match password.expose().chars().count() {
        0..LENGTH_MIN => return Err(NotTaken::TooShort),
        LENGTH_MIN..=LENGTH_MAX => {}
        _ => return Err(NotTaken::TooLong),
    }
    let name = person.user_principal_name.to_lowercase();
    let local = name.split('@').next().unwrap_or_default();
    if local.chars().count() > 2 && password.expose().to_lowercase().contains(local) {
        return Err(NotTaken::HoldsName);
    }
    if rules.mode == BannedMode::Off {
        return Ok(None);
    }
    let own = Terms::new(&rules.terms);
    let display_name = person.display_name.as_deref().unwrap_or_default();
    let context = BannedContext {
        lists: &[Terms::base(), &own],
        person: &[display_name],
        tenant: Some(&tenant.name),
    };
    match (check(password.expose(), &context), rules.mode) {
        (Ok(()), _) => Ok(None),
        (Err(banned), BannedMode::Audit) => Ok(Some(banned.rule)),
        (Err(banned), _) => Err(NotTaken::Banned(banned.rule)),
    }
}

#[cfg(test)]
mod tests {
    use writeback_model::TenantId;

    use super::*;

    #[test]
    fn each_rule_refuses_what_it_is_for() {
        let person = Attributes {
            user_principal_name: "petra@example.org".into(),
            display_name: Some("Petra Prinzessin".into()),
            ..Attributes::default()
        };
        let tenant = Tenant {
            id: TenantId::NOBODY,
            name: "Fabrikam".into(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            disabled_at: None,
        };
        let mut rules = BannedRules {
            mode: BannedMode::Enforce,
            terms: vec!["gudang".into()],
        };
        let longest = "hujan-bukit-".repeat(22);
        for (password, expected) in [
            ("kurz-26", Err(NotTaken::TooShort)),
            (longest.as_str(), Err(NotTaken::TooLong)),
            ("Mein-petra-99", Err(NotTaken::HoldsName)),
            (
                "x-Prinzessin-y-4711",
                Err(NotTaken::Banned(BannedRule::ContainsName)),
            ),
            (
                "fabrikam-hujan-bukit",
                Err(NotTaken::Banned(BannedRule::ContainsTenantName)),
            ),
            ("P@ssw0rd!", Err(NotTaken::Banned(BannedRule::TooSimilar))),
            ("Gudang 26", Err(NotTaken::Banned(BannedRule::TooFewPoints))),
            ("hujan-bukit-kopi", Ok(None)),
        ] {
            let judged =
                check_new_password(&Secret::new(password.into()), &person, &tenant, &rules);
            assert_eq!(judged, expected, "{password}");
        }
        rules.mode = BannedMode::Audit;
        let judged = check_new_password(&Secret::new("Gudang 26".into()), &person, &tenant, &rules);
        assert_eq!(judged, Ok(Some(BannedRule::TooFewPoints)));
    }
}
