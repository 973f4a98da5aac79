//! What changes about a person, attribute by attribute.

use crate::{Attributes, Reason, Standing, Target};

/// The attributes that differ, or all that a new person has. `sources` say where those of the
/// rules came from.
pub(crate) fn attributes(
    from: Option<&Attributes>,
    to: &Attributes,
    sources: &[(Target, String)],
) -> Vec<Reason> {
    let mut before = from.into_iter().flat_map(texts);
    texts(to)
        .into_iter()
        .map(|(target, own_source, to)| {
            let from = before.next().and_then(|(_, _, from)| from);
            (target, own_source, from, to)
        })
        .filter(|(_, _, from, to)| from != to)
        .map(|(target, own_source, from, to)| {
            let of_rules = sources.iter().find(|(it, _)| it.name() == target);
            Reason::Flow {
                target: target.to_owned(),
                source: of_rules.map_or(own_source, |(_, source)| source).to_owned(),
                from,
                to,
            }
        })
        .collect()
}

/// Where passwords go, where that differs.
pub(crate) fn standing(from: &Standing, to: &Standing) -> Option<Reason> {
    (!from.is_same(to)).then(|| Reason::Standing {
        from: from.text(),
        to: to.text(),
    })
}

/// Each attribute: its name, where it comes from when no rule says, and its value as text.
fn texts(it: &Attributes) -> [(&'static str, &'static str, Option<String>); 10] {
    let text = |value: &str| (!value.is_empty()).then(|| value.to_owned());
    let no_value = "no source has a value";
    [
        (
            Target::UserPrincipalName.name(),
            no_value,
            text(&it.user_principal_name),
        ),
        (
            Target::DisplayName.name(),
            no_value,
            it.display_name.clone(),
        ),
        (Target::Mail.name(), no_value, it.mail.clone()),
        (
            Target::OtherMail.name(),
            no_value,
            text(&it.other_mail.join(", ")),
        ),
        (Target::Mobile.name(), no_value, it.mobile.clone()),
        (Target::Language.name(), no_value, it.language.clone()),
        ("account_name", "sAMAccountName", text(&it.account_name)),
        ("netbios", "the domain", it.netbios.clone()),
        (
            "enabled",
            "userAccountControl",
            Some(it.enabled.to_string()),
        ),
        (
            "account_expires",
            "accountExpires",
            it.account_expires.map(|at| at.to_string()),
        ),
    ]
}
