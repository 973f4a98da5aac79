//! `mS-DS-ConsistencyGuid`: where an object carries its anchor with it, so that it stays the
//! same person after it was moved to another forest or restored as a new object.

use writeback_model::SourceAnchor;
use zeroize::Zeroizing;

use crate::{
    controller::Controller,
    error::AdError,
    names::guid_dn,
    refusal::Refusal,
    request::{Change, How},
    rootdse::read_object,
};

const OPERATION: &str = "write consistency GUID";
const ATTRIBUTE: &str = "mS-DS-ConsistencyGuid";

/// LDAP's `constraintViolation` and `attributeOrValueExists`: what a directory may say to a
/// second value of an attribute that takes one.
const SECOND_VALUE: [u32; 2] = [19, 20];

/// What became of a write of `mS-DS-ConsistencyGuid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WroteGuid {
    /// It was empty and is set now.
    Written,
    /// It has a value, which was left as it is.
    AlreadySet,
}

impl Controller {
    /// Sets `mS-DS-ConsistencyGuid` to the object's own GUID, if it is empty. The directory
    /// itself sees to that: a value is added, and there can be only one.
    ///
    /// It may be repeated, also after an error that leaves open whether it was written
    /// ([`AdError::may_have_been_sent`]).
    pub async fn write_consistency_guid(
        &self,
        anchor: &SourceAnchor,
    ) -> Result<WroteGuid, AdError> {
        let dn = guid_dn(anchor);
        let changes = [Change {
            how: How::Add,
            attribute: ATTRIBUTE,
            value: Zeroizing::new(anchor.bytes().to_vec()),
        }];
        let kept = self.kept();
        let reply = kept
            .connection
            .modify(OPERATION, &dn, &changes, None)
            .await?;
        let refusal = Refusal::of(reply.result);
        if refusal.code == 0 {
            return Ok(WroteGuid::Written);
        }
        if SECOND_VALUE.contains(&refusal.code) {
            let object = read_object(&kept.connection, OPERATION, &dn, &[ATTRIBUTE]).await?;
            if object.is_some_and(|object| object.has(ATTRIBUTE)) {
                return Ok(WroteGuid::AlreadySet);
            }
        }
        Err(self.refused(OPERATION, refusal))
    }
}
