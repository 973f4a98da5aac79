//! One person: every rule of `writeback admin explain` that is theirs, as a check.

use writeback_doctor::Finding;
use writeback_model::UserName;
use writeback_policy::access::{Holds, Wish};

use super::At;
use crate::AdminError;

/// Which check a rule belongs to. What is the tenant's, a forest's or an agent's is told by
/// checks of those.
fn check_of(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "account" => "user-account",
        "licence" => "user-licence",
        "group" | "reset-allowed" | "administrator" => "user-policy",
        "gates" => "user-gates",
        "registered" => "user-methods",
        "throttled" => "user-not-throttled",
        _ => return None,
    })
}

pub(super) async fn findings(at: &At<'_>, user: &UserName) -> Result<Vec<Finding>, AdminError> {
    let around = at.around;
    let shown = user.canonical();
    let explained = at
        .admin
        .explain(user, &[Wish::Reset], &around.recovery, around.limits)
        .await;
    let explained = match explained {
        Ok(explained) => explained,
        Err(error @ (AdminError::NobodyNamed(_) | AdminError::SeveralNamed(_))) => {
            let fault = at
                .named(Finding::fault("user-known", &shown))
                .name("user", &shown)
                .error(&error);
            return Ok(vec![match error {
                AdminError::SeveralNamed(_) => fault
                    .because("Several people go by that name.")
                    .remedy(["Name the person by the whole user principal name."]),
                _ => fault,
            }]);
        }
        Err(error) => return Err(error),
    };
    let name = &explained.user.attributes.user_principal_name;
    let mut found = vec![Finding::fine("user-known", name)];
    for rule in explained.answers.iter().flat_map(|(_, it)| &it.findings) {
        let Some(check) = check_of(rule.rule) else {
            continue;
        };
        // Whoever cannot be asked at enough gates cannot have registered for them either.
        if check == "user-methods"
            && found
                .iter()
                .any(|it| it.check == "user-gates" && it.verdict.is_bad())
        {
            continue;
        }
        found.push(match rule.holds {
            Holds::Yes => Finding::fine(check, name).seen(rule.rule, &rule.value),
            Holds::No => {
                let fault = at
                    .named(Finding::fault(check, name))
                    .seen(rule.rule, &rule.value)
                    .seen("set in", &rule.set_in)
                    .name("user", name);
                match &rule.would_help {
                    Some(help) => fault.seen("would help", help),
                    None => fault,
                }
            }
            Holds::NotReached => continue,
        });
    }
    Ok(found)
}
