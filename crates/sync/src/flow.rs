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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use writeback_model::SourceAnchor;

    use super::*;
    use crate::{Flow, ObjectKind};

    fn object(attributes: &[(&str, &[&str])]) -> Object {
        let texts = |values: &[&str]| values.iter().map(|it| (*it).to_owned()).collect();
        let attributes = attributes
            .iter()
            .map(|(name, values)| ((*name).to_owned(), texts(values)))
            .collect();
        Object {
            forest: "corp.test".parse().unwrap(),
            domain: "sub.corp.test".parse().unwrap(),
            netbios: Some("SUB".into()),
            anchor: SourceAnchor::try_from_bytes(&[1; 16]).unwrap(),
            kind: ObjectKind::User,
            dn: "CN=Ann,DC=sub,DC=corp,DC=test".into(),
            consistency_guid: None,
            enabled: true,
            account_expires: None,
            attributes,
            joined: None,
            in_group_scope: true,
            gone: None,
        }
    }

    fn flowed(attributes: &[(&str, &[&str])]) -> (Attributes, Vec<Problem>) {
        let (attributes, problems, _) = flow(&object(attributes), &Rules::default(), &[]);
        (attributes, problems)
    }

    fn problems_of(upn: &str, suffixes: &[&str]) -> Vec<Problem> {
        let ann = object(&[("sAMAccountName", &["ann"]), ("userPrincipalName", &[upn])]);
        let mut rules = Rules::default();
        rules.verified_suffixes.push("Verified.Test".into());
        let suffixes: Vec<_> = suffixes.iter().map(|it| (*it).to_owned()).collect();
        flow(&ann, &rules, &suffixes).1
    }

    #[test]
    fn the_first_source_with_a_value_gives_it() {
        let (attributes, problems) = flowed(&[
            ("sAMAccountName", &[" ann "]),
            ("userPrincipalName", &["Ann@Corp.Test"]),
            ("displayName", &["  "]),
            ("name", &["", " Ann Archer "]),
            (
                "proxyAddresses",
                &["smtp:old@corp.test", "X500:/o=x", "SMTP: ann@corp.test"],
            ),
            ("mobile", &["+62 811 1000", "+62 811 2000"]),
            ("preferredLanguage", &["id-ID"]),
        ]);
        assert_eq!(problems, []);
        assert_eq!(
            attributes,
            Attributes {
                account_name: "ann".into(),
                netbios: Some("SUB".into()),
                user_principal_name: "Ann@Corp.Test".into(),
                display_name: Some("Ann Archer".into()),
                mail: Some("ann@corp.test".into()),
                other_mail: Vec::new(),
                mobile: Some("+62 811 1000".into()),
                language: Some("id-ID".into()),
                enabled: true,
                account_expires: None,
            }
        );
    }

    #[test]
    fn a_name_that_is_not_there_is_implied() {
        let ann = object(&[("sAMAccountName", &["ann"])]);
        let (attributes, problems, sources) = flow(&ann, &Rules::default(), &[]);
        assert_eq!(attributes.user_principal_name, "ann@sub.corp.test");
        assert_eq!(problems, []);
        let source = "sAMAccountName@domain".to_owned();
        assert_eq!(sources, [(Target::UserPrincipalName, source)]);
    }

    #[test]
    fn what_is_missing_is_said_once() {
        assert_eq!(flowed(&[]).1, [Problem::NoAccountName]);
        let named = [("userPrincipalName", &["ann@corp.test"] as &[&str])];
        assert_eq!(flowed(&named).1, [Problem::NoAccountName]);
        let mut rules = Rules::default();
        rules.flows.remove(0);
        let ann = object(&[("sAMAccountName", &["ann"])]);
        let value = String::new();
        let problem = Problem::UpnMalformed { value };
        assert_eq!(flow(&ann, &rules, &[]).1, [problem]);
    }

    #[test]
    fn other_addresses_come_from_everywhere_once_each_and_in_order() {
        let mut rules = Rules::default();
        rules.flows.retain(|it| it.target != Target::OtherMail);
        rules.flows.push(Flow {
            target: Target::OtherMail,
            sources: vec![
                Source::Attribute("otherMailbox".into()),
                Source::Attribute("info".into()),
                Source::Attribute("mail".into()),
                Source::Constant("desk@corp.test".into()),
            ],
        });
        let ann = object(&[
            ("sAMAccountName", &["ann"]),
            ("otherMailbox", &["b@home.test", " ", "A@home.test"]),
            ("mail", &["a@HOME.test", "c@home.test"]),
        ]);
        let (attributes, _, sources) = flow(&ann, &rules, &[]);
        assert_eq!(
            attributes.other_mail,
            [
                "b@home.test",
                "A@home.test",
                "c@home.test",
                "desk@corp.test"
            ]
        );
        let from = "otherMailbox, mail, constant(desk@corp.test)".to_owned();
        assert_eq!(sources.last(), Some(&(Target::OtherMail, from)));
    }

    #[test]
    fn names_of_attributes_are_found_in_any_case() {
        let (attributes, _) = flowed(&[("SAMACCOUNTNAME", &["ann"]), ("Mail", &["ann@corp.test"])]);
        assert_eq!(attributes.account_name, "ann");
        assert_eq!(attributes.mail.as_deref(), Some("ann@corp.test"));
    }

    #[test]
    fn a_user_principal_name_has_a_form() {
        for bad in [
            "ann",
            "@corp.test",
            "ann@",
            "ann@home@corp.test",
            "CORP\\ann@corp.test",
            "ann@corp test",
            "an\0n@corp.test",
        ] {
            let value = bad.to_owned();
            assert_eq!(problems_of(bad, &[]), [Problem::UpnMalformed { value }]);
        }
        for good in ["ann.o'neil+x@corp.test", "Ann Archer@corp.test", "ä@ü.test"] {
            assert_eq!(problems_of(good, &[]), []);
        }
    }

    #[test]
    fn a_user_principal_name_has_at_most_64_and_48_characters() {
        let upn =
            |name: usize, suffix: usize| format!("{}@{}", "ä".repeat(name), "b".repeat(suffix));
        assert_eq!(problems_of(&upn(64, 48), &[]), []);
        for (name, suffix) in [(65, 48), (64, 49), (500, 500)] {
            let problem = Problem::UpnTooLong { name, suffix };
            assert_eq!(problems_of(&upn(name, suffix), &[]), [problem]);
        }
    }

    #[test]
    fn a_suffix_is_the_forests_or_verified() {
        let suffixes = ["corp.test", "example.test"];
        for good in ["a@corp.test", "a@EXAMPLE.test", "a@verified.test"] {
            assert_eq!(problems_of(good, &suffixes), []);
        }
        let suffix = "corp.local".to_owned();
        let problem = Problem::UpnSuffixNotVerified { suffix };
        assert!(!problem.is_error());
        assert_eq!(problems_of("a@Corp.Local", &suffixes), [problem]);
        assert_eq!(problems_of("a@corp.local", &[]), []);
    }

    proptest! {
        #[test]
        fn no_value_ends_the_program(value in ".*", other in "[@\\\\ .a]*") {
            for value in [value, other] {
                let all: &[&str] = &[&value];
                let (attributes, problems) = flowed(&[
                    ("sAMAccountName", all),
                    ("userPrincipalName", all),
                    ("proxyAddresses", all),
                ]);
                let is_good = !problems.iter().any(Problem::is_error);
                prop_assert!(!is_good || attributes.user_principal_name.contains('@'));
            }
        }
    }
}
