//! stub
use crate::{controller::Controller, error::AdError, object::DirectoryObject};
use writeback_model::SourceAnchor;

/// Pages of users and groups.
pub struct Objects {}

impl Controller {
    /// Users and groups below `base` (a name or `<GUID=…>`; the whole domain if `None`).
    pub fn enumerate(&self, _base: Option<&str>, _wanted: &[String], _page_size: u16) -> Objects {
        Objects {}
    }

    /// Whole objects by their GUIDs; what does not exist is missing.
    pub async fn objects(
        &self,
        _anchors: &[SourceAnchor],
        _wanted: &[String],
    ) -> Result<Vec<DirectoryObject>, AdError> {
        Ok(Vec::new())
    }
}

impl Objects {
    /// The next page; `None` after the last. An error ends the enumeration: begin anew.
    pub async fn next(&mut self) -> Result<Option<Vec<DirectoryObject>>, AdError> {
        Ok(None)
    }

    /// Objects so far that have no readable GUID and so cannot be synchronised.
    pub fn unusable(&self) -> usize {
        0
    }
}
