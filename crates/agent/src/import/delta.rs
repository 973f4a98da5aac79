//! Reading what changed in a domain since a position.
//!
//! The directory says which objects changed; these are then read as they are now. So it does
//! not matter how often, or in which order, a change is seen.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, prelude::BASE64_STANDARD};
use writeback_ad::{AdError, ChangesPage, guid_dn};
use writeback_model::SourceAnchor;
use writeback_wire::{
    Position,
    http::{IMPORT_BATCH_MAX, RemovedWhy},
};

use super::{
    ImportError,
    batch::Piece,
    judge::{Judged, Others, gone, judge, missing, outermost},
    read::{Domain, STEADY_TRIES},
};

/// The `highestCommittedUSN` of a position in the midst of changes: no controller is ever
/// there, so that the rest is asked for in any case.
const IN_THE_MIDST: i64 = 0;

/// LDAP's `noSuchObject`.
const NO_SUCH_OBJECT: u32 = 32;

impl Domain<'_> {
    /// Everything that changed since the position. Gives whether deletions are shown.
    pub(super) async fn delta(&self, from: &Position) -> Result<bool, ImportError> {
        // Before the changes are asked for: what is written meanwhile is looked for next time.
        let (controller, usn) = self.controller.highest_usn().await?;
        if (controller.as_str(), usn) == (from.controller.as_str(), from.usn)
            && let Some(sees_deletions) = self.sees_deletions_already()
        {
            return Ok(sees_deletions);
        }
        let no_position = || ImportError::NoPosition(self.origin.domain.clone());
        let cookie = from.cookie.as_ref().ok_or_else(no_position)?;
        let cookie = BASE64_STANDARD.decode(cookie).map_err(|_| no_position())?;
        if let Some(page) = self.heard_since(from, &controller, usn) {
            let may_replicate = page.sees_deletions;
            let position = self.position(Some(&page.cookie), &controller, usn);
            self.page(page, position).await?;
            return Ok(may_replicate && self.sees_deletions().await?);
        }
        let mut changes = self.controller.changes(&cookie, self.wanted());
        let mut may_replicate = true;
        let mut next = changes.next().await?;
        while let Some(page) = next {
            next = changes.next().await?;
            may_replicate &= page.sees_deletions;
            let usn = if next.is_some() { IN_THE_MIDST } else { usn };
            let position = self.position(Some(&page.cookie), &controller, usn);
            self.page(page, position).await?;
        }
        Ok(may_replicate && self.sees_deletions().await?)
    }

    async fn page(&self, page: ChangesPage, position: Position) -> Result<(), ImportError> {
        let mut changed = BTreeMap::new();
        for change in page.changed {
            *changed.entry(change.anchor).or_insert(false) |= change.moved;
        }
        let mut lost = page.deleted;
        let mut pending = Piece::default();
        let mut containers = Vec::new();
        let anchors: Vec<SourceAnchor> = changed.keys().copied().collect();
        for some in anchors.chunks(IMPORT_BATCH_MAX) {
            let (judged, not_found) = self.judged(some).await?;
            lost.extend(not_found);
            let is_moved =
                |(anchor, _): &(SourceAnchor, String)| changed.get(anchor) == Some(&true);
            containers.extend(judged.containers.into_iter().filter(is_moved));
            self.gather(&mut pending, judged.piece).await?;
        }
        for container in outermost(containers) {
            self.subtree(container).await?;
        }
        self.gather(&mut pending, self.lost(lost).await?).await?;
        pending.position = Some(position);
        self.hand_on(pending).await
    }

    /// Objects as they are now, and which of them are not there.
    async fn judged(
        &self,
        anchors: &[SourceAnchor],
    ) -> Result<(Judged, Vec<SourceAnchor>), ImportError> {
        let mut before = self.scope().await?;
        for _ in 0..STEADY_TRIES {
            let found = self.controller.objects(anchors, self.wanted()).await?;
            let scope = self.scope().await?;
            if scope == before {
                let missing = missing(anchors, &found);
                return Ok((judge(found, &scope, &self.origin, Others::Remove), missing));
            }
            before = scope;
        }
        Err(ImportError::UnitsMove)
    }

    /// Everything below a container that is new, renamed or moved: its objects have other names
    /// now, and do not count as changed themselves.
    async fn subtree(&self, container: SourceAnchor) -> Result<(), ImportError> {
        let base = guid_dn(&container);
        for _ in 0..STEADY_TRIES {
            let scope = self.scope().await?;
            match self.below(Some(&base), &scope, Others::Remove).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                // Deleted since: that is a change, too, and comes with the next ones.
                Err(ImportError::Directory(AdError::Refused { source, .. }))
                    if source.code == NO_SUCH_OBJECT =>
                {
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Err(ImportError::UnitsMove)
    }

    /// What is not in this domain any more: in another domain of the forest, to which it was
    /// moved, or gone.
    async fn lost(&self, anchors: Vec<SourceAnchor>) -> Result<Piece, ImportError> {
        let mut gone_for_good: BTreeSet<SourceAnchor> = anchors.into_iter().collect();
        let mut piece = Piece::default();
        for name in self.reading.domains_beside(&self.origin.domain) {
            if gone_for_good.is_empty() {
                break;
            }
            let asked: Vec<SourceAnchor> = gone_for_good.iter().copied().collect();
            let beside = self.reading.domain(name).await?;
            let (judged, missing) = beside.judged(&asked).await?;
            gone_for_good = missing.into_iter().collect();
            piece.add(judged.piece);
        }
        let gone = gone_for_good
            .into_iter()
            .map(|anchor| gone(anchor, RemovedWhy::Deleted));
        piece.removed.extend(gone);
        Ok(piece)
    }

    /// Puts pieces together, so that a small change is one upload.
    async fn gather(&self, pending: &mut Piece, piece: Piece) -> Result<(), ImportError> {
        if pending.len() + piece.len() > IMPORT_BATCH_MAX {
            self.hand_on(std::mem::take(pending)).await?;
        }
        pending.add(piece);
        Ok(())
    }
}
