//! All rules as TOML that explains itself: what `rules show` prints and `rules set` takes.

use std::fmt::Write as _;

use serde::Serialize;
use writeback_sync::{Flow, ForestRules, Rules};

const HEAD: &str = "\
# The rules of directory synchronisation, all of them. Set them by
#   writeback admin sync rules set FILE
# What is left out has its default.

# Suffixes of user principal names that are yours besides the forests' own. A person with
# another one is synchronised, with a warning.
#   verified_suffixes = [\"example.org\", \"example.com\"]
";

const RESTORE_DAYS: &str = "
# For how many days a removed person comes back as the same one, when the account does.
";

const WRITE_ANCHOR: &str = "
# Write objectGUID into an empty mS-DS-ConsistencyGuid, so that a person stays the same one when
# the account moves to another forest. The agent's own configuration must allow it as well.
";

const MATCHERS: &str = "
# How an imported account finds a person whom the cloud knows already.
#   hard_match: by the source anchor (mS-DS-ConsistencyGuid, else objectGUID)
#   soft_match: people of the cloud alone, by user principal name or primary mail address
# Whoever holds an administrator's role is never matched.
";

const GUARD: &str = "
# The deletion guard: past these numbers nobody is removed until a person approves. Removals
# are counted for each forest over 24 hours.
#   count:   at most so many people
#   percent: at most so many of a hundred
#   always:  so many are never stopped by the percentage
";

const FLOWS: &str = "
# Where each attribute of a person comes from: the first source that has a value gives it.
# Addresses of other_mail are gathered from all of its sources.
#   mail                      the values of an attribute, by its LDAP name
#   primary(proxyAddresses)   the value that begins with SMTP: in capitals
#   sAMAccountName@domain     made of the two
#   constant(id-ID)           this value for everybody
# An attribute that was not read before needs a full import; `rules set` has it made.
[flows]
";

const FORESTS: &str = "
# What holds for one forest: who of it is synchronised. Organizational units are chosen in the
# agents' configuration: what is out of those never leaves the company.
#   [forests.\"corp.example.org\"]
#   group_scope = \"CN=Cloud People,OU=Groups,DC=corp,DC=example,DC=org\"   # or its objectGUID
#   filter = [                                                            # all must hold
#       { test = \"present\", attribute = \"mail\" },
#       { test = \"not_equals\", attribute = \"employeeType\", value = \"service\" },
#   ]
# Tests: present, absent, equals, not_equals, starts_with; case does not matter.
";

/// The rules as a file. Reading it gives the same rules.
pub(super) fn text(rules: &Rules) -> Result<String, toml::ser::Error> {
    let Rules {
        matchers,
        flows,
        verified_suffixes,
        forests,
        guard,
        restore_days,
        write_consistency_guid,
    } = rules;
    let mut text = HEAD.to_owned();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "verified_suffixes = {}", inline(verified_suffixes)?);
    text.push_str(RESTORE_DAYS);
    let _ = writeln!(text, "restore_days = {restore_days}");
    text.push_str(WRITE_ANCHOR);
    let _ = writeln!(text, "write_consistency_guid = {write_consistency_guid}");
    text.push_str(MATCHERS);
    let _ = write!(text, "[matchers]\n{}", toml::to_string(matchers)?);
    text.push_str(GUARD);
    let _ = write!(text, "[guard]\n{}", toml::to_string(guard)?);
    text.push_str(FLOWS);
    for Flow { target, sources } in flows {
        let _ = writeln!(text, "{} = {}", target.name(), inline(sources)?);
    }
    text.push_str(FORESTS);
    for (name, of_forest) in forests {
        let _ = writeln!(text, "\n[forests.{}]", inline(name)?);
        text.push_str(&forest_text(of_forest)?);
    }
    Ok(text)
}

fn forest_text(rules: &ForestRules) -> Result<String, toml::ser::Error> {
    let ForestRules {
        group_scope,
        filter,
    } = rules;
    let mut text = String::new();
    if let Some(group) = group_scope {
        let _ = writeln!(text, "group_scope = {}", inline(group)?);
    }
    if !filter.is_empty() {
        text.push_str("filter = [\n");
        for condition in filter {
            let _ = writeln!(text, "    {},", inline(condition)?);
        }
        text.push_str("]\n");
    }
    Ok(text)
}

/// A value on one line.
fn inline(value: &impl Serialize) -> Result<String, toml::ser::Error> {
    Ok(toml::Value::try_from(value)?.to_string())
}

#[cfg(test)]
mod tests {
    use writeback_sync::{Condition, Source, Target};

    use super::*;

    fn read_back(rules: &Rules) -> Rules {
        let text = text(rules).unwrap();
        toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    #[test]
    fn what_is_shown_can_be_set() {
        assert_eq!(read_back(&Rules::default()), Rules::default());
        let mut rules = Rules::default();
        rules.verified_suffixes = vec!["exa\"mple.org".into(), "b.test".into()];
        rules.restore_days = 7;
        rules.write_consistency_guid = !rules.write_consistency_guid;
        rules.matchers.soft_match = !rules.matchers.soft_match;
        rules.guard.count = 9;
        rules.flows.retain(|flow| flow.target != Target::Language);
        rules.flows.push(Flow {
            target: Target::Language,
            sources: vec![
                Source::Attribute("preferredLanguage".into()),
                Source::PrimaryProxyAddress("proxyAddresses".into()),
                Source::ImpliedUpn,
                Source::Constant("id \"ID\"".into()),
            ],
        });
        rules.forests.insert(
            "corp.example.org".parse().unwrap(),
            ForestRules {
                group_scope: Some("CN=A \\\"B\\\",DC=corp".into()),
                filter: vec![
                    Condition::Present {
                        attribute: "mail".into(),
                    },
                    Condition::StartsWith {
                        attribute: "department".into(),
                        value: "x\ny".into(),
                    },
                ],
            },
        );
        rules
            .forests
            .insert("b.test".parse().unwrap(), ForestRules::default());
        assert_eq!(read_back(&rules), rules);
    }

    #[test]
    fn the_examples_in_the_comments_are_right() {
        let examples: String = text(&Rules::default())
            .unwrap()
            .lines()
            .skip_while(|line| !line.starts_with("#   [forests."))
            .filter_map(|line| line.strip_prefix("#   "))
            .flat_map(|line| [line, "\n"])
            .collect();
        let rules: Rules = toml::from_str(&examples).unwrap();
        let of_forest = &rules.forests[&"corp.example.org".parse().unwrap()];
        assert_eq!(of_forest.filter.len(), 2);
        assert!(of_forest.group_scope.is_some());
    }
}
