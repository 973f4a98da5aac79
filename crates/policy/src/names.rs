//! Which forest a user name belongs to, told by the name alone.
//!
//! The answer must not depend on whether somebody goes by that name: it decides what the first
//! page says when a forest is not reachable, and that page is shown to everybody.

use writeback_model::{DomainName, UserName};

/// A domain of a forest, as agents report it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDomain {
    /// The forest.
    pub forest: DomainName,
    /// The domain.
    pub domain: DomainName,
    /// Its NetBIOS name.
    pub netbios: Option<String>,
    /// Further suffixes of user principal names in the forest.
    pub upn_suffixes: Vec<String>,
}

/// Where a name belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForestOfName {
    /// To this forest, whoever it is.
    Forest(DomainName),
    /// To any of them: its suffix is no domain's, as with a mail address.
    Any,
    /// A name without a domain, and there is more than one forest.
    Ambiguous,
}

/// Finds the forest of a name among the known domains.
pub fn forest_of_name(name: &UserName, known: &[KnownDomain]) -> ForestOfName {
    let found = match name {
        UserName::Address { suffix, .. } => known.iter().find(|it| {
            it.domain.as_str() == suffix
                || it
                    .upn_suffixes
                    .iter()
                    .any(|other| other.to_lowercase() == *suffix)
        }),
        UserName::DownLevel { netbios, .. } => known.iter().find(|it| {
            it.netbios
                .as_ref()
                .is_some_and(|known| known.to_lowercase() == *netbios)
                || it.domain.as_str() == netbios
        }),
        UserName::Bare(_) => match known {
            [first, rest @ ..] if rest.iter().all(|other| other.forest == first.forest) => {
                Some(first)
            }
            [] => None,
            _ => return ForestOfName::Ambiguous,
        },
    };
    found.map_or(ForestOfName::Any, |it| {
        ForestOfName::Forest(it.forest.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(forest: &str, netbios: &str, suffixes: &[&str]) -> KnownDomain {
        KnownDomain {
            forest: forest.parse().unwrap(),
            domain: forest.parse().unwrap(),
            netbios: Some(netbios.into()),
            upn_suffixes: suffixes.iter().map(ToString::to_string).collect(),
        }
    }

    fn ask(name: &str, known: &[KnownDomain]) -> ForestOfName {
        forest_of_name(&name.parse().unwrap(), known)
    }

    #[test]
    fn a_name_tells_its_forest_by_suffix_or_netbios_name() {
        let both = [
            known("corp.test", "CORP", &["Example.org"]),
            known("fab.test", "FAB", &[]),
        ];
        let corp = ForestOfName::Forest("corp.test".parse().unwrap());
        assert_eq!(ask("nobody@corp.test", &both), corp);
        assert_eq!(ask("nobody@example.org", &both), corp);
        assert_eq!(ask("CORP\\nobody", &both), corp);
        assert_eq!(ask("nobody@elsewhere.test", &both), ForestOfName::Any);
    }

    #[test]
    fn a_bare_name_is_clear_in_a_single_forest_only() {
        let one = [known("corp.test", "CORP", &[])];
        let two = [
            known("corp.test", "CORP", &[]),
            known("fab.test", "FAB", &[]),
        ];
        assert_eq!(
            ask("ann", &one),
            ForestOfName::Forest("corp.test".parse().unwrap())
        );
        assert_eq!(ask("ann", &two), ForestOfName::Ambiguous);
        assert_eq!(ask("ann", &[]), ForestOfName::Any);
    }
}
