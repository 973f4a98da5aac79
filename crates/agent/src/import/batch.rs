//! What was read, cut into bodies that the cloud takes.

use bytes::Bytes;
use writeback_wire::{
    Position,
    http::{
        AttributeProblem, IMPORT_BATCH_MAX, IMPORT_BODY_BYTES_MAX, ImportBatch, ImportedObject,
        RemovedObject,
    },
};

use super::ImportError;

/// Some of what is read, in the order in which it is to be kept.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) objects: Vec<ImportedObject>,
    pub(super) removed: Vec<RemovedObject>,
    /// How far its domain is read with this piece.
    pub(super) position: Option<Position>,
}

impl Piece {
    pub(super) fn len(&self) -> usize {
        self.objects.len() + self.removed.len()
    }

    /// Takes what is in another piece.
    pub(super) fn add(&mut self, other: Self) {
        self.objects.extend(other.objects);
        self.removed.extend(other.removed);
    }
}

/// The bodies of a piece, numbered from `sequence` on. The position comes with the last.
pub(super) fn bodies(piece: Piece, sequence: u32) -> Result<Vec<Bytes>, ImportError> {
    let mut waiting = vec![piece];
    let mut done = Vec::new();
    while let Some(piece) = waiting.pop() {
        let number = u32::try_from(done.len()).unwrap_or(u32::MAX);
        let too_many = piece.len() > IMPORT_BATCH_MAX;
        let mut batch = ImportBatch {
            sequence: sequence.saturating_add(number),
            objects: piece.objects,
            removed: piece.removed,
            position: piece.position,
        };
        if !too_many {
            let body = write(&batch)?;
            if body.len() <= IMPORT_BODY_BYTES_MAX {
                done.push(body.into());
                continue;
            }
            if let ([object], []) = (batch.objects.as_mut_slice(), batch.removed.as_slice()) {
                leave_out_members(object);
                done.push(write(&batch)?.into());
                continue;
            }
        }
        waiting.extend(halves(batch));
    }
    Ok(done)
}

/// The second half first: the first is taken next.
fn halves(mut batch: ImportBatch) -> [Piece; 2] {
    let (objects, removed) = if batch.objects.is_empty() || batch.removed.is_empty() {
        (
            batch.objects.split_off(batch.objects.len() / 2),
            batch.removed.split_off(batch.removed.len() / 2),
        )
    } else {
        (Vec::new(), std::mem::take(&mut batch.removed))
    };
    let second = Piece {
        objects,
        removed,
        position: batch.position,
    };
    let first = Piece {
        objects: batch.objects,
        removed: batch.removed,
        position: None,
    };
    [second, first]
}

/// Text of one object alone always fits.
fn leave_out_members(object: &mut ImportedObject) {
    if let Some(members) = object.members.take() {
        object.problems.push(AttributeProblem {
            attribute: "member".into(),
            why: format!("{} direct members are more than are taken", members.len()),
        });
    }
}

pub(super) fn write(body: &impl serde::Serialize) -> Result<Vec<u8>, ImportError> {
    serde_json::to_vec(body).map_err(|_| ImportError::Written)
}

#[cfg(test)]
mod tests {
    use writeback_ad::{DirectoryObject, MEMBERS_MAX, OBJECT_TEXT_MAX, ObjectKind};
    use writeback_model::SourceAnchor;
    use writeback_wire::http::RemovedWhy;

    use super::{
        super::object::tests::{object, origin},
        *,
    };

    fn user(number: u16) -> ImportedObject {
        origin().of(object(number, ObjectKind::User)).unwrap()
    }

    fn removed(number: u16) -> RemovedObject {
        RemovedObject {
            anchor: user(number).anchor,
            why: RemovedWhy::Deleted,
        }
    }

    fn position() -> Position {
        Position {
            domain: "corp.test".parse().unwrap(),
            cookie: Some("AA==".into()),
            controller: "CN=NTDS Settings,CN=DC1".into(),
            usn: 7,
        }
    }

    fn batches(piece: Piece) -> Vec<ImportBatch> {
        let bodies = bodies(piece, 5).unwrap();
        assert!(
            bodies
                .iter()
                .all(|body| body.len() <= IMPORT_BODY_BYTES_MAX)
        );
        bodies
            .iter()
            .map(|body| serde_json::from_slice(body).unwrap())
            .collect()
    }

    #[test]
    fn an_empty_piece_is_one_batch_that_carries_the_position() {
        let batches = batches(Piece {
            position: Some(position()),
            ..Piece::default()
        });
        let [batch] = batches.as_slice() else {
            panic!("{batches:?}")
        };
        assert_eq!(
            (batch.sequence, batch.position.as_ref()),
            (5, Some(&position()))
        );
    }

    #[test]
    fn too_many_are_split_in_order_and_the_position_comes_last() {
        let all: Vec<ImportedObject> = (0..1500).map(user).collect();
        let gone: Vec<RemovedObject> = (1500..4000).map(removed).collect();
        let batches = batches(Piece {
            objects: all.clone(),
            removed: gone.clone(),
            position: Some(position()),
        });
        let (last, others) = batches.split_last().unwrap();
        assert!(last.position.is_some() && others.iter().all(|it| it.position.is_none()));
        for (batch, sequence) in batches.iter().zip(5..) {
            assert_eq!(batch.sequence, sequence);
            assert!(batch.objects.len() + batch.removed.len() <= IMPORT_BATCH_MAX);
        }
        let objects: Vec<_> = batches.iter().flat_map(|it| it.objects.clone()).collect();
        assert_eq!(objects, all);
        let removed: Vec<_> = batches.iter().flat_map(|it| it.removed.clone()).collect();
        assert_eq!(removed, gone);
    }

    #[test]
    fn large_groups_go_one_by_one_and_too_large_ones_without_members() {
        let group = |members: usize, text: usize| {
            let read = DirectoryObject {
                members: Some(vec![
                    SourceAnchor::try_from_bytes(&[1; 16]).unwrap();
                    members
                ]),
                attributes: [("info".to_owned(), vec!["\u{1}".repeat(text)])].into(),
                ..object(1, ObjectKind::Group)
            };
            origin().of(read).unwrap()
        };
        let batches = batches(Piece {
            objects: vec![
                group(100_000, 0),
                group(MEMBERS_MAX, 0),
                group(MEMBERS_MAX, OBJECT_TEXT_MAX),
            ],
            ..Piece::default()
        });
        let sent: Vec<_> = batches
            .iter()
            .map(|batch| {
                let [group] = batch.objects.as_slice() else {
                    panic!("not one by one")
                };
                (group.members.as_ref().map(Vec::len), group.problems.len())
            })
            .collect();
        assert_eq!(
            sent,
            [(Some(100_000), 0), (Some(MEMBERS_MAX), 0), (None, 1)]
        );
    }
}
