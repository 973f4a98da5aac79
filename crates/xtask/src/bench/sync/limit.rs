//! What an import cannot be faster than: `ldapsearch` with the same filter and attributes.

use std::time::Duration;

use anyhow::Result;
use writeback_lab::{Dc, Forest};
use writeback_sync::Rules;

/// Users and groups, as `writeback-ad` asks for them.
const FILTER: &str = "(|(&(objectCategory=person)(objectClass=user))(objectClass=group))";

/// What `writeback-ad` asks for besides what the rules name.
const ALWAYS: &[&str] = &[
    "objectGUID",
    "objectClass",
    "objectSid",
    "primaryGroupID",
    "userAccountControl",
    "accountExpires",
    "isCriticalSystemObject",
    "mS-DS-ConsistencyGuid",
    "member;range=0-4999",
];

/// The search.
pub(super) struct Limit<'a> {
    forest: &'a Forest,
    dc: &'a Dc,
    attributes: Vec<String>,
}

impl<'a> Limit<'a> {
    pub(super) fn new(forest: &'a Forest) -> Result<Self> {
        let mut attributes: Vec<String> = ALWAYS.iter().map(|&name| name.to_owned()).collect();
        for name in Rules::default().attributes() {
            if !attributes.iter().any(|it| it.eq_ignore_ascii_case(&name)) {
                attributes.push(name);
            }
        }
        Ok(Self {
            forest,
            dc: forest.first_dc()?,
            attributes,
        })
    }

    /// How long one takes.
    pub(super) fn read(&self) -> Result<Duration> {
        let attributes: Vec<&str> = self.attributes.iter().map(String::as_str).collect();
        self.forest
            .ldapsearch_timed(self.dc, &self.forest.base_dn, FILTER, &attributes)
    }
}
