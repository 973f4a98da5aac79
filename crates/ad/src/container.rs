//! The containers that say what is synchronised, by name and by GUID.

use writeback_model::SourceAnchor;

use crate::{controller::Controller, error::AdError, names::guid_dn, pool::Kept, search::Search};

const OPERATION: &str = "resolve container";

impl Controller {
    /// The GUID of the object with this name, and the name as the directory writes it. `None`
    /// if there is none, or none that the agent may see.
    pub async fn resolve_container(
        &self,
        dn: &str,
    ) -> Result<Option<(SourceAnchor, String)>, AdError> {
        let read = |kept: std::sync::Arc<Kept>| async move {
            let search = Search::object(dn, &["objectGUID"]);
            kept.connection.search(OPERATION, search).await
        };
        let found = self.only(self.reading(read).await?, OPERATION)?;
        let Some(entry) = found else { return Ok(None) };
        let guid = entry.bytes("objectGUID");
        let anchor = guid.and_then(|bytes| SourceAnchor::try_from_bytes(bytes).ok());
        let anchor = anchor.ok_or(self.missing("objectGUID"))?;
        Ok(Some((anchor, entry.dn().to_owned())))
    }

    /// The same by GUID: the name that the object has now.
    pub async fn resolve_container_by_guid(
        &self,
        anchor: &SourceAnchor,
    ) -> Result<Option<(SourceAnchor, String)>, AdError> {
        self.resolve_container(&guid_dn(anchor)).await
    }
}
