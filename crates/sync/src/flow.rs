//! Attribute flow: from an object's attributes to a person's, by the rules.

use crate::{Attributes, Object, Problem, Rules, Source, Target};

/// Characters before the `@` of a user principal name, at most, as in cloud directories.
const UPN_NAME_MAX: usize = 64;
/// And after it.
const UPN_SUFFIX_MAX: usize = 48;

/// Attributes of a person as an object gives them, what is wrong with them, and from which
/// source each came, as the rules write it.
///
/// `forest_suffixes` are the domains and user principal name suffixes of the object's forest,
/// lower case; where there are none they are not known, and no suffix is called unverified.
pub fn flow(
    object: &Object,
    rules: &Rules,
    forest_suffixes: &[String],
) -> (Attributes, Vec<Problem>, Vec<(Target, String)>) {
    let mut attributes = Attributes {
        account_name: object
            .first("sAMAccountName")
            .unwrap_or_default()
            .to_owned(),
        netbios: object.netbios.clone(),
        enabled: object.enabled,
        account_expires: object.account_expires,
        ..Attributes::default()
    };
    let mut sources = Vec::new();
    for flow in &rules.flows {
        if flow.target == Target::OtherMail {
            let (values, from) = all(object, &flow.sources);
            attributes.other_mail = values;
            if !from.is_empty() {
                sources.push((flow.target, from.join(", ")));
            }
            continue;
        }
        let first = flow.sources.iter().find_map(|source| {
            let value = values(object, source).into_iter().next()?;
            Some((value, source.to_string()))
        });
        let Some((value, from)) = first else {
            continue;
        };
        sources.push((flow.target, from));
        match flow.target {
            Target::UserPrincipalName => attributes.user_principal_name = value,
            Target::DisplayName => attributes.display_name = Some(value),
            Target::Mail => attributes.mail = Some(value),
            Target::Mobile => attributes.mobile = Some(value),
            Target::Language => attributes.language = Some(value),
            Target::OtherMail => {}
        }
    }
    let mut problems = Vec::new();
    if attributes.account_name.is_empty() {
        problems.push(Problem::NoAccountName);
    }
    let name = &attributes.user_principal_name;
    // Without an account name there is none to be implied: one thing to mend, said once.
    if !(name.is_empty() && attributes.account_name.is_empty()) {
        problems.extend(upn_problem(name, rules, forest_suffixes));
    }
    (attributes, problems, sources)
}

/// The values of a source, trimmed, without empty ones.
fn values(object: &Object, source: &Source) -> Vec<String> {
    let trimmed = |value: &str| Some(value.trim().to_owned()).filter(|it| !it.is_empty());
    match source {
        Source::Attribute(name) => object
            .values(name)
            .iter()
            .filter_map(|value| trimmed(value))
            .collect(),
        Source::PrimaryProxyAddress(name) => object
            .values(name)
            .iter()
            .filter_map(|value| value.trim().strip_prefix("SMTP:").and_then(trimmed))
            .collect(),
        Source::ImpliedUpn => object
            .first("sAMAccountName")
            .map(|account| format!("{account}@{}", object.domain))
            .into_iter()
            .collect(),
        Source::Constant(value) => trimmed(value).into_iter().collect(),
    }
}

/// The values of all sources, each address once, and which sources had any.
fn all(object: &Object, sources: &[Source]) -> (Vec<String>, Vec<String>) {
    let mut found: Vec<String> = Vec::new();
    let mut from = Vec::new();
    for source in sources {
        let values = values(object, source);
        if !values.is_empty() {
            from.push(source.to_string());
        }
        for value in values {
            let is_same = |it: &String| it.to_lowercase() == value.to_lowercase();
            if !found.iter().any(is_same) {
                found.push(value);
            }
        }
    }
    (found, from)
}

fn upn_problem(upn: &str, rules: &Rules, forest_suffixes: &[String]) -> Option<Problem> {
    let malformed = || {
        Some(Problem::UpnMalformed {
            value: upn.to_owned(),
        })
    };
    let Some((name, suffix)) = upn.rsplit_once('@') else {
        return malformed();
    };
    // A backslash would make it a down-level name where it is typed.
    let is_bad = |c: char| c.is_control() || c == '\\' || c == '@';
    if name.is_empty()
        || suffix.is_empty()
        || name.contains(is_bad)
        || suffix.contains(|c: char| is_bad(c) || c.is_whitespace())
    {
        return malformed();
    }
    let (name, length) = (name.chars().count(), suffix.chars().count());
    if name > UPN_NAME_MAX || length > UPN_SUFFIX_MAX {
        return Some(Problem::UpnTooLong {
            name,
            suffix: length,
        });
    }
    let suffix = suffix.to_lowercase();
    let verified = |it: &String| it.to_lowercase() == suffix;
    let is_verified = forest_suffixes.is_empty()
        || forest_suffixes
            .iter()
            .chain(&rules.verified_suffixes)
            .any(verified);
    (!is_verified).then_some(Problem::UpnSuffixNotVerified { suffix })
}
