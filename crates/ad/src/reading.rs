//! Whole objects out of long searches: shared by those who ask for all and those who ask by
//! GUID.

use std::sync::Arc;

use ldap3_proto::proto::LdapSearchScope;

use crate::{
    directory::Directory,
    error::AdError,
    filter::Filter,
    members::{Members, Next},
    names::guid_dn,
    object::DirectoryObject,
    object_read::{self, Read},
    own::Own,
    refusal::Refusal,
    rootdse::NO_SUCH_OBJECT,
    search::{Ask, Search},
    stream::{End, Stream},
    wanted::{Wanted, members_from},
};

/// Reads whole objects from one controller.
pub(crate) struct Reading {
    pub(crate) directory: Directory,
    pub(crate) host: Arc<str>,
    pub(crate) operation: &'static str,
    pub(crate) wanted: Wanted,
}

/// Objects that have been read, not all of them with all members.
#[derive(Default)]
pub(crate) struct Batch {
    objects: Vec<(DirectoryObject, Members)>,
    /// Members in it, which is what makes it large.
    members: usize,
    pub(crate) unusable: usize,
}

impl Reading {
    pub(crate) async fn own(&self) -> Result<Own, AdError> {
        self.directory.own(&self.host).await
    }

    /// Asks for objects below `base`.
    pub(crate) async fn ask<'a>(
        &self,
        own: &'a Own,
        base: &str,
        filter: &Filter,
        page: Option<Ask>,
    ) -> Result<Stream<'a>, AdError> {
        let attributes = self.wanted.of_objects(self.members_at_once());
        let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
        let search = Search {
            base,
            scope: LdapSearchScope::Subtree,
            filter: filter.clone(),
            attributes: &attributes,
            at_most: 0,
            controls: page.into_iter().chain([Ask::ExtendedDn]).collect(),
        };
        own.connection().stream(self.operation, &search).await
    }

    /// Takes entries until there are no more, or until there are many members. True if there
    /// may be more.
    pub(crate) async fn take(
        &self,
        stream: &mut Stream<'_>,
        batch: &mut Batch,
        most_members: usize,
    ) -> Result<bool, AdError> {
        while let Some(entry) = stream.next().await? {
            match object_read::object(&entry, &self.wanted) {
                Read::Object(object, members) => {
                    batch.members += members.known();
                    batch.objects.push((*object, members));
                }
                Read::NotWanted => {}
                Read::Unusable => batch.unusable += 1,
            }
            if batch.members >= most_members {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The end of an answer, which must be success.
    pub(crate) async fn end(&self, stream: Stream<'_>) -> Result<End, AdError> {
        let end = stream.end().await?;
        match end.refusal {
            Some(refusal) => Err(self.refused(refusal)),
            None => Ok(end),
        }
    }

    /// The objects with all their members.
    pub(crate) async fn whole(&self, batch: Batch) -> Result<Vec<DirectoryObject>, AdError> {
        let mut whole = Vec::with_capacity(batch.objects.len());
        for (mut object, members) in batch.objects {
            let members = match members.next() {
                Next::From(_) => self.rest(&object, members).await?,
                _ => Some(members),
            };
            // What is gone by now is no object any more.
            let Some(members) = members else { continue };
            if members.next() == Next::NotUnderstood {
                return Err(self.missing("range of members"));
            }
            let (members, problem) = members.take();
            object.members = members;
            object.problems.extend(problem);
            whole.push(object);
        }
        Ok(whole)
    }

    /// Follows the parts of a group's members to their end. `None` if the group is gone.
    async fn rest(
        &self,
        object: &DirectoryObject,
        mut members: Members,
    ) -> Result<Option<Members>, AdError> {
        let dn = guid_dn(&object.anchor);
        while let Next::From(start) = members.next() {
            let part = members_from(start, self.members_at_once());
            let attributes = [part.as_str()];
            let mut search = Search::object(&dn, &attributes);
            search.controls = vec![Ask::ExtendedDn];
            let kept = self.directory.take(&self.host).await?;
            let reply = kept.connection.search("read members", search).await?;
            let refusal = Refusal::of(reply.result);
            let entry = match refusal.code {
                0 => reply.entries.into_iter().next(),
                NO_SUCH_OBJECT => None,
                _ => return Err(self.refused(refusal)),
            };
            match entry {
                Some(entry) => members.add(&entry),
                None => return Ok(None),
            }
        }
        Ok(Some(members))
    }

    fn members_at_once(&self) -> usize {
        self.directory.config().limits.members_at_once
    }

    pub(crate) fn refused(&self, source: Refusal) -> AdError {
        AdError::Refused {
            host: self.host.to_string(),
            operation: self.operation,
            source,
        }
    }

    fn missing(&self, what: &'static str) -> AdError {
        let host = self.host.to_string();
        AdError::Missing { host, what }
    }
}
