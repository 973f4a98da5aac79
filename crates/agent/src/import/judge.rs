//! What becomes of the objects that were read: uploaded, removed, or looked into.

use std::collections::BTreeSet;

use writeback_ad::{DirectoryObject, ObjectKind};
use writeback_model::SourceAnchor;
use writeback_wire::http::{RemovedObject, RemovedWhy};

use super::{batch::Piece, object::Origin};
use crate::scope::{Scope, is_within};

/// What becomes of those that are out of scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// They are not mentioned: the cloud takes whoever a full import does not bring for gone.
    Forget,
    /// They may have been in scope before.
    Remove,
}

/// Objects, sorted.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) piece: Piece,
    /// Containers, with their names.
    pub(super) containers: Vec<(SourceAnchor, String)>,
}

/// Sorts objects by a scope of the same moment.
pub(super) fn judge(
    objects: Vec<DirectoryObject>,
    scope: &Scope,
    origin: &Origin,
    others: Others,
) -> Judged {
    let mut judged = Judged::default();
    for object in objects {
        if object.kind == ObjectKind::Container {
            judged.containers.push((object.anchor, object.dn));
        } else if scope.holds(&object.dn) {
            judged.piece.objects.extend(origin.of(object));
        } else if others == Others::Remove {
            judged
                .piece
                .removed
                .push(gone(object.anchor, RemovedWhy::OutOfScope));
        }
    }
    judged
}

/// Those of `asked` that are not among what was found.
pub(super) fn missing(asked: &[SourceAnchor], found: &[DirectoryObject]) -> Vec<SourceAnchor> {
    let found: BTreeSet<_> = found.iter().map(|object| object.anchor).collect();
    let missing = asked.iter().filter(|anchor| !found.contains(anchor));
    missing.copied().collect()
}

pub(super) const fn gone(anchor: SourceAnchor, why: RemovedWhy) -> RemovedObject {
    RemovedObject { anchor, why }
}

/// Those that are not below another one: what is below it is read with it.
pub(super) fn outermost(containers: Vec<(SourceAnchor, String)>) -> Vec<SourceAnchor> {
    let is_inner = |anchor: &SourceAnchor, dn: &str| {
        let mut others = containers.iter().filter(|(other, _)| other != anchor);
        others.any(|(_, other)| is_within(dn, other))
    };
    containers
        .iter()
        .filter(|(anchor, dn)| !is_inner(anchor, dn))
        .map(|(anchor, _)| *anchor)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::object::tests::{object, origin},
        *,
    };
    use crate::scope::Unit;

    fn people() -> Scope {
        let anchor = object(900, ObjectKind::Container).anchor;
        Scope::of(vec![Unit::new(anchor, "OU=People,DC=corp,DC=test")])
    }

    #[test]
    fn each_goes_where_it_belongs() {
        let outside = DirectoryObject {
            dn: "CN=u2,OU=Guests,DC=corp,DC=test".into(),
            ..object(2, ObjectKind::Group)
        };
        let all = vec![
            object(1, ObjectKind::User),
            outside.clone(),
            object(3, ObjectKind::Container),
        ];
        let judged = judge(all.clone(), &people(), &origin(), Others::Remove);
        assert_eq!(judged.piece.objects.len(), 1);
        assert_eq!(
            judged.piece.removed,
            [gone(outside.anchor, RemovedWhy::OutOfScope)]
        );
        assert_eq!(judged.containers.len(), 1);
        let judged = judge(all, &people(), &origin(), Others::Forget);
        assert!(judged.piece.removed.is_empty());
    }

    #[test]
    fn what_was_asked_for_and_not_found_is_missing() {
        let [here, there] = [1, 2].map(|number| object(number, ObjectKind::User));
        let asked = [here.anchor, there.anchor];
        assert_eq!(missing(&asked, &[here]), [there.anchor]);
    }

    #[test]
    fn what_is_below_another_container_is_read_with_it() {
        let at = |number, dn: &str| (object(number, ObjectKind::Container).anchor, dn.to_owned());
        let containers = vec![
            at(1, "OU=b,OU=a,DC=x"),
            at(2, "OU=a,DC=x"),
            at(3, "OU=aa,DC=x"),
        ];
        let expected = vec![containers[1].0, containers[2].0];
        assert_eq!(outermost(containers), expected);
    }
}
