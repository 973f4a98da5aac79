//! An entry into an object: what is taken, what is left out, and what is still to be fetched.

use std::collections::BTreeMap;

use writeback_model::SourceAnchor;

use crate::{
    account_control::AccountControl,
    entry::Entry,
    extended_dn::without_prefix,
    members::Members,
    names::guid_dn,
    object::{DirectoryObject, OBJECT_TEXT_MAX, ObjectKind, ObjectProblem, TEXT_VALUE_MAX},
    sid::Sid,
    time::from_filetime,
    wanted::{CONTAINERS, Wanted},
};

/// What an entry turned out to be.
pub(crate) enum Read {
    /// An object; the members that are still missing begin here.
    Object(Box<DirectoryObject>, Members),
    /// An object of the directory's own, or of a kind that is not synchronised.
    NotWanted,
    /// It has no readable GUID.
    Unusable,
}

/// Reads an entry that was asked for with [`Wanted::of_objects`] and names with GUIDs.
pub(crate) fn object(entry: &Entry, wanted: &Wanted) -> Read {
    let guid = entry.bytes("objectGUID");
    let Some(anchor) = guid.and_then(|bytes| SourceAnchor::try_from_bytes(bytes).ok()) else {
        return Read::Unusable;
    };
    let Some(kind) = kind(entry) else {
        return Read::NotWanted;
    };
    let mut problems = Vec::new();
    let dn = match entry.dn_as_text() {
        Some(dn) => without_prefix(dn).to_owned(),
        None => {
            let attribute = "distinguishedName".to_owned();
            problems.push(ObjectProblem::NotUtf8 { attribute });
            guid_dn(&anchor)
        }
    };
    let attributes = texts(entry, wanted, &mut problems);
    let control = entry.bits("userAccountControl").map(AccountControl);
    let sid = entry.bytes("objectSid").and_then(Sid::try_from_bytes);
    let consistency_guid = entry.bytes("mS-DS-ConsistencyGuid");
    let object = DirectoryObject {
        anchor,
        kind,
        dn,
        rid: sid.and_then(|sid| sid.rid()),
        primary_group: entry.bits("primaryGroupID"),
        enabled: control
            .filter(|_| kind == ObjectKind::User)
            .map(|control| !control.disabled()),
        account_expires: entry.integer("accountExpires").and_then(from_filetime),
        consistency_guid: consistency_guid.and_then(|b| SourceAnchor::try_from_bytes(b).ok()),
        attributes,
        members: None,
        problems,
    };
    let members = match kind {
        ObjectKind::Group => Members::first(entry),
        ObjectKind::User | ObjectKind::Container => Members::none(),
    };
    Read::Object(Box::new(object), members)
}

fn kind(entry: &Entry) -> Option<ObjectKind> {
    let is = |class: &str| {
        entry
            .all("objectClass")
            .iter()
            .any(|value| value.eq_ignore_ascii_case(class.as_bytes()))
    };
    if is("group") {
        return Some(ObjectKind::Group);
    }
    if is("user") {
        let theirs = is("computer") || entry.flag("isCriticalSystemObject") == Some(true);
        return (!theirs).then_some(ObjectKind::User);
    }
    CONTAINERS
        .iter()
        .any(|class| is(class))
        .then_some(ObjectKind::Container)
}

fn texts(
    entry: &Entry,
    wanted: &Wanted,
    problems: &mut Vec<ObjectProblem>,
) -> BTreeMap<String, Vec<String>> {
    let mut attributes = BTreeMap::new();
    let mut room = OBJECT_TEXT_MAX;
    for name in wanted.names() {
        if entry.ranged(name).is_some() {
            let attribute = name.clone();
            problems.push(ObjectProblem::TooManyValues { attribute });
            continue;
        }
        let values: Vec<String> = entry
            .all(name)
            .iter()
            .filter_map(|value| text(value, name, problems))
            .collect();
        let bytes = values.iter().map(String::len).sum();
        let Some(rest) = room.checked_sub(bytes) else {
            let attribute = name.clone();
            problems.push(ObjectProblem::TooLarge { attribute, bytes });
            continue;
        };
        room = rest;
        if !values.is_empty() {
            attributes.insert(name.clone(), values);
        }
    }
    attributes
}

fn text(value: &[u8], name: &str, problems: &mut Vec<ObjectProblem>) -> Option<String> {
    let attribute = name.to_owned();
    if value.len() > TEXT_VALUE_MAX {
        let bytes = value.len();
        problems.push(ObjectProblem::TooLarge { attribute, bytes });
        return None;
    }
    match std::str::from_utf8(value) {
        Ok(text) => Some(without_prefix(text).to_owned()),
        // A name that is no text has its GUID in front all the same.
        Err(_) => {
            problems.push(ObjectProblem::NotUtf8 { attribute });
            None
        }
    }
}
