//! What a domain controller says when it says no.

use std::fmt;

use ldap3_proto::proto::LdapResult;

/// Longer texts are cut: they go into logs.
const TEXT_MAX: usize = 500;

/// A result code that is not success, with its text.
///
/// The text may name objects. It never holds what was written: domain controllers do not
/// repeat values, and the text is kept from everything but the agent's own log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The LDAP result code (RFC 4511, 4.1.9).
    pub code: u32,
    /// The Active Directory code in front of the text (`0000052D`), where there is one.
    pub ad_code: Option<u32>,
    /// The text, without control characters and cut.
    pub text: String,
}

impl Refusal {
    pub(crate) fn of(result: LdapResult) -> Self {
        let text: String = result
            .message
            .chars()
            .filter(|c| !c.is_control())
            .take(TEXT_MAX)
            .collect();
        // The library's codes carry their protocol number.
        let code = u32::try_from(result.code as i64).unwrap_or(u32::MAX);
        Self {
            code,
            ad_code: ad_code(&text),
            text,
        }
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LDAP result {}: {}", self.code, self.text)
    }
}

/// The eight hexadecimal digits with which an Active Directory text begins.
pub(crate) fn ad_code(text: &str) -> Option<u32> {
    let (digits, _) = text.split_once(':')?;
    let digits = digits.trim();
    let hex = digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// The code after `data` in the text of a refused bind (`… data 52e, v1db1`).
pub(crate) fn bind_data(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("data ")?;
    let digits = rest.split(|c: char| !c.is_ascii_hexdigit()).next()?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_found_in_their_texts() {
        assert_eq!(ad_code("0000052D: Constraint violation"), Some(0x52d));
        assert_eq!(ad_code("error in module acl: no"), None);
        assert_eq!(ad_code("+000052D: sign"), None);
        let text = "80090308: LdapErr: DSID-0C09042F, comment: AcceptSecurityContext error, data 775, v1db1";
        assert_eq!(bind_data(text), Some(0x775));
        assert_eq!(bind_data("data"), None);
    }

    proptest! {
        #[test]
        fn no_text_ends_the_program(text in ".*") {
            let _ = ad_code(&text);
            let _ = bind_data(&text);
        }
    }
}
