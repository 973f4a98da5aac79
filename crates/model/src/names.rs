//! Names people and directories use: domains and user names.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A DNS domain name in lower case without a final dot: `corp.test`.
///
/// Names a forest (by its root domain) as well as a domain in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct DomainName(String);

/// A name that cannot be what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was written.
    #[error("the name is empty")]
    Empty,
    /// Longer than its kind may be.
    #[error("the name is longer than {0} characters")]
    TooLong(usize),
    /// A character that such a name cannot have.
    #[error("the name has a character it cannot have")]
    Character,
}

/// A DNS name has at most 253 characters (RFC 1035, less the root).
const DOMAIN_NAME_MAX: usize = 253;
/// A DNS label has at most 63 octets (RFC 1035).
const DOMAIN_LABEL_MAX: usize = 63;

impl DomainName {
    /// The name as text, lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The distinguished name of the domain's head: `DC=corp,DC=test`.
    pub fn base_dn(&self) -> String {
        self.0
            .split('.')
            .map(|label| format!("DC={label}"))
            .collect::<Vec<_>>()
            .join(",")
    }
}

impl FromStr for DomainName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > DOMAIN_NAME_MAX {
            return Err(NameError::TooLong(DOMAIN_NAME_MAX));
        }
        let label_is_good = |label: &str| {
            !label.is_empty()
                && label.len() <= DOMAIN_LABEL_MAX
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if !name.split('.').all(label_is_good) {
            return Err(NameError::Character);
        }
        Ok(Self(name))
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DomainName({})", self.0)
    }
}

impl TryFrom<String> for DomainName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DomainName> for String {
    fn from(name: DomainName) -> Self {
        name.0
    }
}

/// What a person typed to say who they are.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum UserName {
    /// `alice@corp.test`: a user principal name, or a mail address.
    Address {
        /// All of it, in lower case.
        address: String,
        /// What follows the last `@`.
        suffix: String,
    },
    /// `CORP\alice`.
    DownLevel {
        /// The NetBIOS name of the domain, in lower case.
        netbios: String,
        /// The account name, in lower case.
        account: String,
    },
    /// `alice` alone: clear only where there is a single forest.
    Bare(String),
}

/// A user principal name has at most 64 + 1 + 48 characters in cloud directories; a mail
/// address at most 254. Whatever is longer is no name.
const USER_NAME_MAX: usize = 254;

impl UserName {
    /// The name as it is looked up and counted, in lower case.
    pub fn canonical(&self) -> String {
        match self {
            Self::Address { address, .. } => address.clone(),
            Self::DownLevel { netbios, account } => format!("{netbios}\\{account}"),
            Self::Bare(account) => account.clone(),
        }
    }
}

impl FromStr for UserName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim().to_lowercase();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.chars().count() > USER_NAME_MAX {
            return Err(NameError::TooLong(USER_NAME_MAX));
        }
        if name.chars().any(char::is_control) {
            return Err(NameError::Character);
        }
        if let Some((netbios, account)) = name.split_once('\\') {
            if netbios.is_empty() || account.is_empty() {
                return Err(NameError::Empty);
            }
            return Ok(Self::DownLevel {
                netbios: netbios.into(),
                account: account.into(),
            });
        }
        match name.rsplit_once('@') {
            Some((local, suffix)) if local.is_empty() || suffix.is_empty() => Err(NameError::Empty),
            Some((_, suffix)) => {
                let suffix = suffix.to_owned();
                Ok(Self::Address {
                    address: name,
                    suffix,
                })
            }
            None => Ok(Self::Bare(name)),
        }
    }
}

impl fmt::Debug for UserName {
    /// Who forgot a password is personal: logs name the request, never the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserName(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_domain_name_is_normalised_and_checked() {
        let name: DomainName = "Corp.Test.".parse().unwrap();
        assert_eq!(name.as_str(), "corp.test");
        assert_eq!(name.base_dn(), "DC=corp,DC=test");
        for bad in ["", ".", "a..b", "-a.test", "a b", "a/b", "é.test"] {
            assert!(bad.parse::<DomainName>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn each_form_of_user_name_is_told_apart() {
        assert_eq!(
            " Alice@Corp.Test ".parse(),
            Ok(UserName::Address {
                address: "alice@corp.test".into(),
                suffix: "corp.test".into()
            })
        );
        assert_eq!(
            "CORP\\Alice".parse(),
            Ok(UserName::DownLevel {
                netbios: "corp".into(),
                account: "alice".into()
            })
        );
        assert_eq!("alice".parse(), Ok(UserName::Bare("alice".into())));
        assert_eq!("@corp.test".parse::<UserName>(), Err(NameError::Empty));
        assert_eq!("a\0b".parse::<UserName>(), Err(NameError::Character));
    }

    proptest! {
        #[test]
        fn no_text_ends_the_program(text in ".*") {
            let _ = text.parse::<UserName>();
            let _ = text.parse::<DomainName>();
        }
    }
}
