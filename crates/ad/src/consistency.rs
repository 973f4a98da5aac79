//! stub
use crate::{controller::Controller, error::AdError};
use writeback_model::SourceAnchor;

/// What became of a write of `mS-DS-ConsistencyGuid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WroteGuid {
    /// It was empty and is set now.
    Written,
    /// It has a value, which was left as it is.
    AlreadySet,
}

impl Controller {
    /// Sets `mS-DS-ConsistencyGuid` to the object's own GUID, if it is empty. May be repeated.
    pub async fn write_consistency_guid(
        &self,
        _anchor: &SourceAnchor,
    ) -> Result<WroteGuid, AdError> {
        Err(self.missing("mS-DS-ConsistencyGuid"))
    }
}
