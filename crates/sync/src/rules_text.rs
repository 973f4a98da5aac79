//! How sources and flows are written.

use std::fmt;

use crate::Source;

/// How the implied user principal name is written: no attribute's name has an `@`.
const IMPLIED_UPN: &str = "sAMAccountName@domain";

/// Text that is no source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no source: write an attribute's name, primary(an attribute's name), \
     sAMAccountName@domain, or constant(a value)"
)]
pub struct NotASource(String);

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => f.write_str(name),
            Self::PrimaryProxyAddress(name) => write!(f, "primary({name})"),
            Self::ImpliedUpn => f.write_str(IMPLIED_UPN),
            Self::Constant(value) => write!(f, "constant({value})"),
        }
    }
}

impl TryFrom<String> for Source {
    type Error = NotASource;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let within = |name: &str| {
            let inner = text
                .strip_prefix(name)?
                .strip_prefix('(')?
                .strip_suffix(')')?;
            Some(inner.to_owned())
        };
        if text.eq_ignore_ascii_case(IMPLIED_UPN) {
            return Ok(Self::ImpliedUpn);
        }
        if let Some(name) = within("primary") {
            return Ok(Self::PrimaryProxyAddress(name));
        }
        if let Some(value) = within("constant") {
            return Ok(Self::Constant(value));
        }
        if text.is_empty() || text.contains(['(', ')', '@', ' ']) {
            return Err(NotASource(text));
        }
        Ok(Self::Attribute(text))
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        source.to_string()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Condition, Flow, ForestRules, Rules, Source, Target};

    #[test]
    fn the_default_rules_read_well() {
        insta::assert_snapshot!(toml::to_string(&Rules::default()).unwrap());
    }

    #[test]
    fn every_kind_of_rule_reads_well_and_survives_its_text() {
        let mut rules = Rules {
            verified_suffixes: vec!["example.test".into()],
            write_consistency_guid: true,
            ..Rules::default()
        };
        rules.flows.retain(|flow| flow.target != Target::Language);
        rules.flows.push(Flow {
            target: Target::Language,
            sources: vec![
                Source::Attribute("msExchUserCulture".into()),
                Source::Constant("id-ID (office)".into()),
            ],
        });
        let attribute = || "employeeType".to_owned();
        let value = || "Staff".to_owned();
        let forest = ForestRules {
            group_scope: Some("CN=Cloud,OU=Groups,DC=corp,DC=test".into()),
            filter: vec![
                Condition::Present {
                    attribute: attribute(),
                },
                Condition::Absent {
                    attribute: "info".into(),
                },
                Condition::Equals {
                    attribute: attribute(),
                    value: value(),
                },
                Condition::NotEquals {
                    attribute: attribute(),
                    value: value(),
                },
                Condition::StartsWith {
                    attribute: attribute(),
                    value: value(),
                },
            ],
        };
        rules.forests.insert("corp.test".parse().unwrap(), forest);
        let text = toml::to_string(&rules).unwrap();
        assert_eq!(toml::from_str::<Rules>(&text).unwrap(), rules);
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_is_left_out_is_the_default() {
        assert_eq!(toml::from_str::<Rules>("").unwrap(), Rules::default());
        let rules: Rules = toml::from_str("[guard]\ncount = 10").unwrap();
        let default = Rules::default();
        assert_eq!((rules.guard.count, rules.guard.percent), (10, 5));
        assert_eq!(rules.flows, default.flows);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "gaurd = 1",
            "[guard]\nper_cent = 5",
            "[flows]\nnickname = [\"mail\"]",
            "[flows]\nmail = [\"first of mail\"]",
            "[flows]\nmail = [\"primary(proxyAddresses\"]",
            "[flows]\nmail = [\"mail@domain\"]",
            "[flows]\nmail = [\"\"]",
            "[flows]\nmail = [\"mail\"]\nmail = [\"info\"]",
            "[forests.\"no domain\"]",
            "[[forests.\"corp.test\".filter]]\ntest = \"equals\"\nattribute = \"mail\"",
        ] {
            assert!(toml::from_str::<Rules>(text).is_err(), "{text} was taken");
        }
    }

    #[test]
    fn the_order_of_flows_means_nothing() {
        let rules: Rules = toml::from_str(
            "flows = { mail = [\"mail\"], user_principal_name = [\"SAMACCOUNTNAME@domain\"] }",
        )
        .unwrap();
        assert_eq!(rules.flows[0].target, Target::UserPrincipalName);
        assert_eq!(rules.flows[0].sources, [Source::ImpliedUpn]);
        assert_eq!(rules.flows[1].target, Target::Mail);
    }
}
