//! stub
use crate::{controller::Controller, error::AdError};
use writeback_model::SourceAnchor;

impl Controller {
    /// The GUID of the object with this name, and the name as the directory writes it. `None`
    /// if there is none, or none that the agent may see.
    pub async fn resolve_container(
        &self,
        _dn: &str,
    ) -> Result<Option<(SourceAnchor, String)>, AdError> {
        Ok(None)
    }

    /// The name that the object with this GUID has now.
    pub async fn resolve_container_by_guid(
        &self,
        _anchor: &SourceAnchor,
    ) -> Result<Option<(SourceAnchor, String)>, AdError> {
        Ok(None)
    }
}
