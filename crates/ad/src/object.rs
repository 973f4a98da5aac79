//! Users, groups and containers as synchronisation sees them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use writeback_model::SourceAnchor;

/// A longer text value is left out, in bytes: no attribute that people are shown or signed in
/// by is longer, and a thousand objects with longer ones would fill the memory.
pub const TEXT_VALUE_MAX: usize = 16 * 1024;
/// More text than this is not taken of one object, in bytes: it would not fit into an upload.
pub const OBJECT_TEXT_MAX: usize = 256 * 1024;
/// A group with more direct members is given without its members: 2.4 MB of identifiers.
pub const MEMBERS_MAX: usize = 150_000;

/// One user, group or container as the directory has it now, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryObject {
    /// `objectGUID`.
    pub anchor: SourceAnchor,
    /// What it is.
    pub kind: ObjectKind,
    /// The distinguished name. `<GUID=…>` if it is no text (then
    /// [`ObjectProblem::NotUtf8`] names `distinguishedName`).
    pub dn: String,
    /// The last number of `objectSid`; a group's members by primary group name it so.
    pub rid: Option<u32>,
    /// `primaryGroupID`: the RID of the group that a user is in without being its `member`.
    pub primary_group: Option<u32>,
    /// Not disabled (`userAccountControl`), of users. `None` if that may not be read.
    pub enabled: Option<bool>,
    /// `accountExpires`; `None` is never.
    pub account_expires: Option<Timestamp>,
    /// `mS-DS-ConsistencyGuid`, if it has the 16 bytes of a GUID.
    pub consistency_guid: Option<SourceAnchor>,
    /// The wanted attributes that it has, under the wanted spelling. Values of distinguished
    /// names are given without the GUID and SID that the directory puts in front of them.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Direct members of a group by their GUIDs, sorted; of nothing else. `None` too where
    /// they are too many.
    pub members: Option<Vec<SourceAnchor>>,
    /// What was left out, and why.
    pub problems: Vec<ObjectProblem>,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A person's account: class `user`, category `person`, no computer and not one of the
    /// directory's own (`isCriticalSystemObject`: krbtgt, Guest, Administrator).
    User,
    /// Class `group`.
    Group,
    /// What other objects lie in: `organizationalUnit`, `container`, `builtinDomain`,
    /// `domainDNS`.
    Container,
}

/// A value that was left out. Values are never cut or altered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectProblem {
    /// A value is no text.
    NotUtf8 {
        /// Of this attribute.
        attribute: String,
    },
    /// A value is longer than [`TEXT_VALUE_MAX`], or all text of the object together is longer
    /// than [`OBJECT_TEXT_MAX`].
    TooLarge {
        /// Of this attribute.
        attribute: String,
        /// Its length.
        bytes: usize,
    },
    /// The attribute has more values than the directory gives at once.
    TooManyValues {
        /// This attribute.
        attribute: String,
    },
    /// The group has more direct members than [`MEMBERS_MAX`].
    TooManyMembers {
        /// So many at least.
        at_least: usize,
    },
    /// Members that the directory names without a readable GUID.
    MembersUnreadable {
        /// So many.
        count: usize,
    },
}
