//! Reading one domain after the other.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::sync::mpsc;
use writeback_ad::{AdError, ChangesPage, Controller, PAGE_SIZE_MAX, Refusal};
use writeback_model::DomainName;
use writeback_wire::{ImportKind, ImportOrder, Position};

use super::{
    ImportError,
    batch::Piece,
    judge::{Others, judge},
    object::Origin,
};
use crate::{forest::Forest, scope::Scope};

/// How often something is read again because units of the configuration were renamed while it
/// was read.
pub(super) const STEADY_TRIES: u32 = 5;

/// What one import reads.
pub(super) struct Reading<'a> {
    forest: &'a Forest,
    order: &'a ImportOrder,
    pieces: mpsc::Sender<Piece>,
}

/// What is known when everything was read.
pub(super) struct Read {
    pub(super) controllers: Vec<String>,
    pub(super) sees_deletions: bool,
    pub(super) scope: String,
}

/// One domain, read from one controller.
pub(super) struct Domain<'a> {
    pub(super) reading: &'a Reading<'a>,
    pub(super) controller: Controller,
    pub(super) origin: Origin,
}

impl<'a> Reading<'a> {
    pub(super) const fn new(
        forest: &'a Forest,
        order: &'a ImportOrder,
        pieces: mpsc::Sender<Piece>,
    ) -> Self {
        Self {
            forest,
            order,
            pieces,
        }
    }

    /// Reads all domains, and hands on what is in them.
    pub(super) async fn all(self) -> Result<Read, ImportError> {
        let mut controllers = BTreeSet::new();
        let mut sees_deletions = true;
        for name in self.forest.domains.keys() {
            let domain = self.domain(name).await?;
            controllers.insert(domain.controller.host().to_owned());
            let sees = domain.read().await?;
            self.forest.deletions.note(name, sees);
            sees_deletions &= sees;
        }
        Ok(Read {
            controllers: controllers.into_iter().collect(),
            sees_deletions,
            scope: self.forest.units.digest().ok_or(ImportError::UnitsMove)?,
        })
    }

    /// A domain of the forest, on the controller to read from.
    pub(super) async fn domain(&'a self, name: &DomainName) -> Result<Domain<'a>, ImportError> {
        let directory = self
            .forest
            .domains
            .get(name)
            .ok_or(ImportError::NotServed)?;
        let controller = directory.reader().await?;
        let origin = Origin {
            domain: name.clone(),
            netbios: controller.netbios_name().await?,
        };
        Ok(Domain {
            reading: self,
            controller,
            origin,
        })
    }

    /// The other domains of the forest.
    pub(super) fn domains_beside(&self, name: &DomainName) -> impl Iterator<Item = &DomainName> {
        self.forest
            .domains
            .keys()
            .filter(move |other| *other != name)
    }
}

impl Domain<'_> {
    /// Reads what the order says, and gives whether deletions are shown.
    async fn read(&self) -> Result<bool, ImportError> {
        // Where a unit is missing nothing is read at all.
        self.scope().await?;
        let position = self
            .reading
            .order
            .positions
            .iter()
            .find(|it| it.domain == self.origin.domain);
        match (self.reading.order.kind, position) {
            (ImportKind::Full, None) => self.full().await,
            (ImportKind::Full, Some(_)) => {
                // Read whole by the run that this one continues.
                match self.sees_deletions_already() {
                    Some(sees) => Ok(sees),
                    None => Ok(self.fresh().await?.1),
                }
            }
            (ImportKind::Delta, Some(position)) => self.delta(position).await,
            (ImportKind::Delta, None) => Err(ImportError::NoPosition(self.origin.domain.clone())),
        }
    }

    /// A position from now on, if the controller gives one, and whether deletions are shown.
    pub(super) async fn fresh(&self) -> Result<(Option<Vec<u8>>, bool), ImportError> {
        match self.controller.beginning().await {
            Ok(beginning) => Ok((Some(beginning.cookie), beginning.shows_deleted)),
            Err(AdError::Refused { source, .. }) => Ok(self.no_position(&source)),
            Err(error) => Err(error.into()),
        }
    }

    fn no_position(&self, refusal: &Refusal) -> (Option<Vec<u8>>, bool) {
        tracing::warn!(
            event_id = crate::events::IMPORT_INCOMPLETE,
            host = self.controller.host(),
            error = refusal as &dyn std::error::Error,
            "the domain controller gives no position: what changes is found by full imports only"
        );
        (None, false)
    }

    pub(super) fn sees_deletions_already(&self) -> Option<bool> {
        self.reading.forest.deletions.of(&self.origin.domain)
    }

    /// Whether deletions are shown; the directory is asked where that was never seen.
    pub(super) async fn sees_deletions(&self) -> Result<bool, ImportError> {
        match self.sees_deletions_already() {
            Some(sees) => Ok(sees),
            None => Ok(self.controller.beginning().await?.shows_deleted),
        }
    }

    /// What the watch heard since a position; `None` where the directory is to be asked.
    pub(super) fn heard_since(
        &self,
        from: &Position,
        controller: &str,
        usn: i64,
    ) -> Option<ChangesPage> {
        let heard = &self.reading.forest.heard;
        heard.since(from, self.wanted(), controller, usn)
    }

    pub(super) fn wanted(&self) -> &[String] {
        &self.reading.order.attributes
    }

    /// What is in scope now, by the names that this controller knows.
    pub(super) async fn scope(&self) -> Result<Scope, ImportError> {
        let units = &self.reading.forest.units;
        Ok(units.at(&self.origin.domain, &self.controller).await?)
    }

    /// Reads everything below a base, or in the whole domain, and hands it on page by page.
    /// `false` when units of the configuration were renamed meanwhile, so that names and scope
    /// may not be of one moment: then it has to be read again.
    pub(super) async fn below(
        &self,
        base: Option<&str>,
        scope: &Scope,
        others: Others,
    ) -> Result<bool, ImportError> {
        let mut pages = self
            .controller
            .enumerate(base, self.wanted(), PAGE_SIZE_MAX);
        while let Some(page) = pages.next().await? {
            if self.scope().await? != *scope {
                return Ok(false);
            }
            let judged = judge(page, scope, &self.origin, others);
            self.hand_on(judged.piece).await?;
        }
        if pages.unusable() > 0 {
            tracing::warn!(
                event_id = crate::events::IMPORT_INCOMPLETE,
                host = self.controller.host(),
                objects = pages.unusable(),
                "objects without a readable objectGUID were left out; let the agent's account read it"
            );
        }
        Ok(true)
    }

    /// Waits while enough waits to be uploaded.
    pub(super) async fn hand_on(&self, piece: Piece) -> Result<(), ImportError> {
        let taken = self.reading.pieces.send(piece).await;
        taken.map_err(|_| ImportError::Over)
    }

    pub(super) fn position(&self, cookie: Option<&[u8]>, controller: &str, usn: i64) -> Position {
        Position {
            domain: self.origin.domain.clone(),
            cookie: cookie.map(|cookie| BASE64_STANDARD.encode(cookie)),
            controller: controller.to_owned(),
            usn,
        }
    }
}
