//! Errors for a run's history in the cloud.

use std::error::Error;

use writeback_ad::Refusal;

/// What happened and why, in one line. Of what a domain controller says only its codes: the
/// text may name what is out of scope.
pub(crate) fn told(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        line.push_str(": ");
        match error.downcast_ref::<Refusal>() {
            Some(refusal) => line.push_str(&codes(refusal)),
            None => line.push_str(&error.to_string()),
        }
        source = error.source();
    }
    line
}

fn codes(refusal: &Refusal) -> String {
    match refusal.ad_code {
        Some(ad_code) => format!("LDAP result {}, {ad_code:08X}", refusal.code),
        None => format!("LDAP result {}", refusal.code),
    }
}

#[cfg(test)]
mod tests {
    use writeback_ad::AdError;

    use super::*;

    #[test]
    fn a_controllers_own_words_stay_here() {
        let error = AdError::Refused {
            host: "dc1.corp.test".into(),
            operation: "read objects",
            source: Refusal {
                code: 50,
                ad_code: Some(0x2098),
                text: "00002098: CN=Secret".into(),
            },
        };
        assert_eq!(
            told(&error),
            "dc1.corp.test refused (read objects): LDAP result 50, 00002098"
        );
    }
}
