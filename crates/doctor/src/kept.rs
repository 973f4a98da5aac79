//! A finding as it is kept between looks.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::check,
    finding::{Evidence, Finding, Verdict},
};

/// A finding in a file or a database: with what its words are filled with, so that they can be told
/// in any language later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFinding {
    check: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    subject: String,
    verdict: Verdict,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remedy: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocked_by: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    names: BTreeMap<Cow<'static, str>, String>,
}

impl From<&Finding> for KeptFinding {
    fn from(finding: &Finding) -> Self {
        Self {
            check: finding.check.to_owned(),
            subject: finding.subject.clone(),
            verdict: finding.verdict,
            evidence: finding.evidence.clone(),
            cause: finding.cause.clone(),
            remedy: finding.remedy.clone(),
            blocked_by: finding.blocked_by.map(str::to_owned),
            names: finding.names.clone(),
        }
    }
}

impl KeptFinding {
    /// The finding; `None` where this version has no such check.
    pub fn into_finding(self) -> Option<Finding> {
        Some(Finding {
            check: check(&self.check)?.id,
            subject: self.subject,
            verdict: self.verdict,
            evidence: self.evidence,
            cause: self.cause,
            remedy: self.remedy,
            blocked_by: self.blocked_by.and_then(|id| Some(check(&id)?.id)),
            names: self.names,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_the_same_when_it_comes_back() {
        let finding = Finding::fault("dc-reachable", "dc1")
            .seen("error", "no route")
            .name("host", "dc1")
            .because("It is off.")
            .remedy(["$ ping {host}"]);
        let text = serde_json::to_string(&KeptFinding::from(&finding)).unwrap();
        let kept: KeptFinding = serde_json::from_str(&text).unwrap();
        assert_eq!(kept.into_finding(), Some(finding));
    }

    #[test]
    fn a_check_of_another_version_is_left_out() {
        let kept: KeptFinding =
            serde_json::from_str(r#"{"check":"of-tomorrow","verdict":"fine"}"#).unwrap();
        assert_eq!(kept.into_finding(), None);
    }
}
