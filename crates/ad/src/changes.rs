//! What changed since a position (DirSync, MS-ADTS 3.1.1.3.4.1.3).
//!
//! Only *which* objects changed is taken from it; whole objects are read by their GUIDs
//! afterwards ([`Controller::objects`]). So it does not matter in which order changes come, or
//! whether they come twice.

use std::sync::atomic::Ordering;

use ldap3_proto::proto::LdapSearchScope;
use writeback_model::SourceAnchor;

use crate::{
    controller::Controller,
    entry::Entry,
    error::AdError,
    filter::Filter,
    own::Own,
    refusal::Refusal,
    search::{Ask, Position, Search, position},
    wanted::{Wanted, changeable},
};

const OPERATION: &str = "read changes";

/// Of a long attribute only the values that changed: a group of 100,000 would otherwise come
/// whole with each new member. It is the highest bit.
const INCREMENTAL_VALUES: i32 = i32::MIN;
/// What the account may see, instead of everything: all that an account without the right
/// *Replicating Directory Changes* is given.
const OBJECT_SECURITY: i32 = 1;

/// LDAP's `timeLimitExceeded`, `busy` and `unavailable`: the position may be good all the same.
const PASSING: [u32; 3] = [3, 51, 52];
/// LDAP's `insufficientAccessRights`.
const INSUFFICIENT_RIGHTS: u32 = 50;

/// Changes since a position, page by page. Windows gives pages, Samba one with everything.
pub struct Changes<'a> {
    controller: &'a Controller,
    attributes: Vec<String>,
    filter: Filter,
    cookie: Vec<u8>,
    more: bool,
    own: Option<Own>,
}

/// An object that was created or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its `objectGUID`.
    pub anchor: SourceAnchor,
    /// It is new, renamed or moved: what lies in it has another name now.
    pub moved: bool,
}

/// One page of changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangesPage {
    /// Created or changed objects: users, groups and containers, one of them perhaps more than
    /// once. They may be gone again, or out of scope.
    pub changed: Vec<Changed>,
    /// Deleted objects.
    pub deleted: Vec<SourceAnchor>,
    /// The position at the end of this page. Any controller of the domain takes it.
    pub cookie: Vec<u8>,
    /// Whether deleted objects are among them. That takes the right *Replicating Directory
    /// Changes*; without it only reading everything tells who is gone.
    ///
    /// On Samba, changes of objects whose metadata (`replPropertyMetaData`) the account may
    /// not read are not among them in either case.
    pub sees_deletions: bool,
}

impl ChangesPage {
    /// How many objects it tells of.
    pub fn len(&self) -> usize {
        self.changed.len() + self.deleted.len()
    }

    /// Whether it tells of none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes up the page that came after this one.
    pub fn join(&mut self, next: Self) {
        self.changed.extend(next.changed);
        self.deleted.extend(next.deleted);
        self.cookie = next.cookie;
        self.sees_deletions &= next.sees_deletions;
    }
}

/// From where changes are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The position.
    pub cookie: Vec<u8>,
    /// Whether deletions are told from there on.
    pub shows_deleted: bool,
}

/// Why there are no changes to be had.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// The position is not taken (any more): only a full import helps.
    #[error(
        "the directory does not take the position that was kept: everything is to be read again"
    )]
    CookieRefused(#[source] Refusal),
    /// Something else failed; the same position may do later.
    #[error("what changed could not be read")]
    Directory(#[from] AdError),
}

impl Controller {
    /// The present position: [`changes`](Self::changes) tells everything that changes from now
    /// on. Any controller of the domain takes it.
    pub async fn sync_cookie(&self) -> Result<Vec<u8>, AdError> {
        Ok(self.beginning().await?.cookie)
    }

    /// The present position, and whether changes tell this account what was deleted.
    ///
    /// That it may replicate is not enough everywhere: Samba since 4.19 shows it deleted objects
    /// only if it may list and read `CN=Deleted Objects`, too. So the one thing that is asked for
    /// is that container, which counts as deleted itself. Windows goes through the whole directory
    /// for it, in pages.
    pub async fn beginning(&self) -> Result<Beginning, AdError> {
        let container = Filter::all_of(&[
            Filter::classes(&["container"]),
            Filter::equal("isDeleted", b"TRUE"),
        ]);
        let attributes = vec!["isDeleted".to_owned()];
        let mut changes = Changes::new(self, Vec::new(), attributes, container);
        let mut shows_deleted = false;
        while let Some(page) = changes.page().await? {
            let page = page.map_err(|refusal| self.refused(OPERATION, refusal))?;
            shows_deleted |= page.sees_deletions && !page.deleted.is_empty();
        }
        Ok(Beginning {
            cookie: changes.cookie,
            shows_deleted,
        })
    }

    /// What changed since `cookie` in attributes that are synchronised anyway, and in these.
    pub fn changes(&self, cookie: &[u8], wanted: &[String]) -> Changes<'_> {
        let attributes = Wanted::new(wanted).of_changes();
        Changes::new(self, cookie.to_vec(), attributes, changeable())
    }

    /// Who this controller is (`dsServiceName`) and its `highestCommittedUSN`, which rises
    /// with every change to its database: whether to ask for changes can be told from it in
    /// less than a millisecond.
    pub async fn highest_usn(&self) -> Result<(String, i64), AdError> {
        const WANTED: [&str; 2] = ["dsServiceName", "highestCommittedUSN"];
        let read = |kept: std::sync::Arc<crate::pool::Kept>| async move {
            let search = Search::object("", &WANTED);
            kept.connection.search("read highest USN", search).await
        };
        let root = self.only(self.reading(read).await?, "read highest USN")?;
        let root = root.ok_or(self.missing("rootDSE"))?;
        let usn = root.integer("highestCommittedUSN");
        let name = root.text("dsServiceName");
        name.zip(usn).ok_or(self.missing("highestCommittedUSN"))
    }
}

impl<'a> Changes<'a> {
    fn new(
        controller: &'a Controller,
        cookie: Vec<u8>,
        attributes: Vec<String>,
        filter: Filter,
    ) -> Self {
        Self {
            controller,
            attributes,
            filter,
            cookie,
            more: true,
            own: None,
        }
    }

    /// Whether the last page was given.
    pub const fn is_over(&self) -> bool {
        !self.more
    }

    /// The next page, which may be empty; `None` after the last. After an error it may be
    /// asked for again: nothing is lost.
    pub async fn next(&mut self) -> Result<Option<ChangesPage>, ChangesError> {
        let page = self.page().await?;
        page.transpose().map_err(|refusal| match refusal.code {
            code if PASSING.contains(&code) => self.controller.refused(OPERATION, refusal).into(),
            _ => ChangesError::CookieRefused(refusal),
        })
    }

    /// The next page or the refusal of it.
    async fn page(&mut self) -> Result<Option<Result<ChangesPage, Refusal>>, AdError> {
        if !self.more {
            return Ok(None);
        }
        let own = match self.own.take() {
            Some(own) => own,
            None => {
                let controller = self.controller;
                controller.directory().own(controller.host()).await?
            }
        };
        let narrowed = &self.controller.object_security;
        if !narrowed.load(Ordering::Relaxed) {
            match self.read(&own, INCREMENTAL_VALUES).await? {
                Err(refusal) if refusal.code == INSUFFICIENT_RIGHTS => {
                    tracing::debug!(host = self.controller.host(), "no right to replicate");
                    narrowed.store(true, Ordering::Relaxed);
                }
                answer => return Ok(Some(self.took(own, answer, true))),
            }
        }
        let answer = self
            .read(&own, INCREMENTAL_VALUES | OBJECT_SECURITY)
            .await?;
        Ok(Some(self.took(own, answer, false)))
    }

    fn took(
        &mut self,
        own: Own,
        answer: Result<(ChangesPage, bool), Refusal>,
        sees_deletions: bool,
    ) -> Result<ChangesPage, Refusal> {
        let (mut page, more) = match answer {
            Ok(answer) => answer,
            Err(refusal) => {
                own.give_back();
                return Err(refusal);
            }
        };
        page.sees_deletions = sees_deletions;
        self.cookie.clone_from(&page.cookie);
        self.more = more;
        match more {
            true => self.own = Some(own),
            false => own.give_back(),
        }
        Ok(page)
    }

    async fn read(
        &self,
        own: &Own,
        flags: i32,
    ) -> Result<Result<(ChangesPage, bool), Refusal>, AdError> {
        let attributes: Vec<&str> = self.attributes.iter().map(String::as_str).collect();
        let search = Search {
            // It must be the head of the domain.
            base: &self.controller.root_dse().domain_head,
            scope: LdapSearchScope::Subtree,
            filter: self.filter.clone(),
            attributes: &attributes,
            at_most: 0,
            controls: vec![Ask::DirSync {
                flags,
                cookie: self.cookie.clone(),
            }],
        };
        let mut stream = own.connection().stream(OPERATION, &search).await?;
        let mut page = ChangesPage::default();
        while let Some(entry) = stream.next().await? {
            page.add(&entry);
        }
        let end = stream.end().await?;
        if let Some(refusal) = end.refusal {
            return Ok(Err(refusal));
        }
        let missing = self.controller.missing("position (DirSync control)");
        let Position { more, cookie } = position(end.controls).ok_or(missing)?;
        if more && cookie == self.cookie {
            return Err(self.controller.missing("end of the changes"));
        }
        page.cookie = cookie;
        Ok(Ok((page, more)))
    }
}

impl ChangesPage {
    fn add(&mut self, entry: &Entry) {
        let guid = entry.bytes("objectGUID");
        let Some(anchor) = guid.and_then(|bytes| SourceAnchor::try_from_bytes(bytes).ok()) else {
            // It is always given; what comes without cannot be said to be anything.
            return;
        };
        if entry.flag("isDeleted") == Some(true) {
            self.deleted.push(anchor);
        } else {
            let moved = entry.has("name") || entry.has("parentGUID");
            self.changed.push(Changed { anchor, moved });
        }
    }
}
