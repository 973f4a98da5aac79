//! Whole objects by their GUIDs.

use std::collections::HashSet;

use writeback_model::SourceAnchor;

use crate::{
    controller::Controller,
    error::AdError,
    filter::Filter,
    object::DirectoryObject,
    reading::Batch,
    wanted::{Wanted, everything},
};

/// Objects asked for at once: directories find each by their index of GUIDs, and refuse
/// filters that are much longer.
const AT_ONCE: usize = 100;

impl Controller {
    /// Users, groups and containers by their GUIDs, with these attributes, in no particular
    /// order. What does not exist (any more), what may not be seen and what is of another kind
    /// is missing.
    pub async fn objects(
        &self,
        anchors: &[SourceAnchor],
        wanted: &[String],
    ) -> Result<Vec<DirectoryObject>, AdError> {
        let reading = self.whole_objects("read objects", Wanted::new(wanted));
        let mut found = Vec::new();
        if anchors.is_empty() {
            return Ok(found);
        }
        let own = reading.own().await?;
        let head = &self.root_dse().domain_head;
        for some in anchors.chunks(AT_ONCE) {
            let filter = Filter::all_of(&[Filter::guids(some), everything()]);
            let mut stream = reading.ask(&own, head, &filter, None).await?;
            let mut batch = Batch::default();
            reading.take(&mut stream, &mut batch, usize::MAX).await?;
            reading.end(stream).await?;
            found.extend(reading.whole(batch).await?);
        }
        own.give_back();
        // Who was asked for twice is given once, and who was not asked for is not given.
        let mut open: HashSet<&SourceAnchor> = anchors.iter().collect();
        found.retain(|object| open.remove(&object.anchor));
        Ok(found)
    }
}
