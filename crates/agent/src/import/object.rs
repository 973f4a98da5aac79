//! Objects as the directory has them, turned into what is uploaded.

use writeback_ad::{DirectoryObject, ObjectKind, ObjectProblem};
use writeback_model::DomainName;
use writeback_wire::http::{AttributeProblem, ImportedKind, ImportedObject};

/// The domain that objects were read from, and how it is called.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) domain: DomainName,
    pub(super) netbios: Option<String>,
}

impl Origin {
    /// The object as the cloud wants it; `None` for what is neither a person nor a group.
    pub(super) fn of(&self, object: DirectoryObject) -> Option<ImportedObject> {
        let kind = match object.kind {
            ObjectKind::User => ImportedKind::User,
            ObjectKind::Group => ImportedKind::Group,
            ObjectKind::Container => return None,
        };
        let mut problems: Vec<_> = object.problems.iter().map(explain).collect();
        if kind == ImportedKind::User && object.enabled.is_none() {
            problems.push(AttributeProblem {
                attribute: "userAccountControl".into(),
                why: "the agent's account may not read it, so that the account counts as disabled"
                    .into(),
            });
        }
        Some(ImportedObject {
            anchor: object.anchor,
            kind,
            domain: self.domain.clone(),
            netbios: self.netbios.clone(),
            dn: object.dn,
            rid: object.rid,
            primary_group: object.primary_group,
            // Whoever cannot be shown to be enabled is not.
            enabled: kind == ImportedKind::User && object.enabled.unwrap_or(false),
            account_expires: object.account_expires,
            consistency_guid: object.consistency_guid,
            attributes: object.attributes,
            members: object.members,
            problems,
        })
    }
}

fn explain(problem: &ObjectProblem) -> AttributeProblem {
    let (attribute, why) = match problem {
        ObjectProblem::NotUtf8 { attribute } => (attribute.as_str(), "a value is no text".into()),
        ObjectProblem::TooLarge { attribute, bytes } => (
            attribute.as_str(),
            format!("{bytes} bytes are more than is taken"),
        ),
        ObjectProblem::TooManyValues { attribute } => (
            attribute.as_str(),
            "it has more values than the directory gives at once".into(),
        ),
        ObjectProblem::TooManyMembers { at_least } => (
            "member",
            format!("{at_least} direct members or more are more than are taken"),
        ),
        ObjectProblem::MembersUnreadable { count } => (
            "member",
            format!("the directory does not say who {count} of the members are"),
        ),
    };
    AttributeProblem {
        attribute: attribute.to_owned(),
        why,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use writeback_model::SourceAnchor;

    use super::*;

    pub(crate) fn origin() -> Origin {
        Origin {
            domain: "corp.test".parse().unwrap(),
            netbios: Some("CORP".into()),
        }
    }

    pub(crate) fn object(number: u16, kind: ObjectKind) -> DirectoryObject {
        let mut guid = [0; 16];
        guid[..2].copy_from_slice(&number.to_be_bytes());
        DirectoryObject {
            anchor: SourceAnchor::try_from_bytes(&guid).unwrap(),
            kind,
            dn: format!("CN=u{number},OU=People,DC=corp,DC=test"),
            rid: Some(number.into()),
            primary_group: Some(513),
            enabled: Some(true),
            account_expires: None,
            consistency_guid: None,
            attributes: BTreeMap::from([("mail".into(), vec![format!("u{number}@corp.test")])]),
            members: None,
            problems: Vec::new(),
        }
    }

    #[test]
    fn containers_are_not_uploaded_and_groups_are_not_enabled() {
        assert_eq!(origin().of(object(1, ObjectKind::Container)), None);
        let group = origin().of(object(1, ObjectKind::Group)).unwrap();
        assert!(!group.enabled && group.problems.is_empty());
        assert!(origin().of(object(1, ObjectKind::User)).unwrap().enabled);
    }

    #[test]
    fn what_was_left_out_is_said() {
        let attribute = || "mail".to_owned();
        let user = DirectoryObject {
            enabled: None,
            problems: vec![
                ObjectProblem::NotUtf8 {
                    attribute: attribute(),
                },
                ObjectProblem::TooLarge {
                    attribute: attribute(),
                    bytes: 70_000,
                },
                ObjectProblem::TooManyValues {
                    attribute: attribute(),
                },
                ObjectProblem::TooManyMembers { at_least: 150_001 },
                ObjectProblem::MembersUnreadable { count: 3 },
            ],
            ..object(1, ObjectKind::User)
        };
        let sent = origin().of(user).unwrap();
        assert!(!sent.enabled);
        let named: Vec<_> = sent
            .problems
            .iter()
            .map(|it| it.attribute.as_str())
            .collect();
        assert_eq!(
            named,
            [
                "mail",
                "mail",
                "mail",
                "member",
                "member",
                "userAccountControl"
            ]
        );
    }
}
