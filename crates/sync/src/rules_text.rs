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
