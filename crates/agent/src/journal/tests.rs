use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;
use writeback_model::{Cause, Operation, Outcome, SourceAnchor, Target};
use writeback_wire::{Begun, Evidence};

use super::{replay::Corrupt, *};

fn id(number: u128) -> RequestId {
    RequestId::from_uuid(Uuid::from_u128(number))
}

fn intent(number: u128) -> Intent {
    Intent {
        request: id(number),
        operation: Operation::Unlock,
        target: Target {
            forest: "corp.test".parse().unwrap(),
            domain: "corp.test".parse().unwrap(),
            anchor: SourceAnchor::try_from_bytes(&[1; 16]).unwrap(),
        },
        begun: Begun {
            controller: "dc1.corp.test".into(),
            invocation: Some(Uuid::from_u128(9)),
            version_before: Some(3),
            directory_time: "2026-11-23T08:00:00Z".parse().unwrap(),
            remarks: Vec::new(),
        },
    }
}

fn told() -> Told {
    Told {
        outcome: Outcome::from(Cause::ObjectNotFound),
        evidence: Evidence::default(),
    }
}

fn journal(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("journal")
}

#[tokio::test]
async fn a_restart_remembers_what_is_left_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let first = Journal::open(&journal(&folder)).unwrap();
    for number in 1..=3 {
        first.intent(intent(number)).await.unwrap();
    }
    first.outcome(id(2), told()).await.unwrap();
    first.outcome(id(3), told()).await.unwrap();
    first.recorded(id(3));
    // Recorded is not waited for; the next synced line stands behind it.
    first.outcome(id(4), told()).await.unwrap();
    drop(first);

    let second = Journal::open(&journal(&folder)).unwrap();
    assert_eq!(second.in_doubt(), vec![intent(1)]);
    assert_eq!(second.untold(), vec![(id(2), told()), (id(4), told())]);
    assert_eq!(second.find(id(3)), None);
}

#[tokio::test]
async fn a_torn_last_line_is_cut_off_and_writing_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let first = Journal::open(&journal(&folder)).unwrap();
    first.intent(intent(1)).await.unwrap();
    first.intent(intent(2)).await.unwrap();
    drop(first);
    let whole = std::fs::read(journal(&folder)).unwrap();
    std::fs::write(journal(&folder), &whole[..whole.len() - 7]).unwrap();

    let second = Journal::open(&journal(&folder)).unwrap();
    assert_eq!(second.in_doubt(), vec![intent(1)]);
    second.intent(intent(3)).await.unwrap();
    drop(second);
    let third = Journal::open(&journal(&folder)).unwrap();
    assert_eq!(third.in_doubt(), vec![intent(1), intent(3)]);
}

#[tokio::test]
async fn a_damaged_middle_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let first = Journal::open(&journal(&folder)).unwrap();
    first.intent(intent(1)).await.unwrap();
    first.intent(intent(2)).await.unwrap();
    drop(first);
    let text = std::fs::read_to_string(journal(&folder)).unwrap();
    std::fs::write(journal(&folder), text.replacen("intent", "inten", 1)).unwrap();
    let error = Journal::open(&journal(&folder)).unwrap_err();
    assert!(matches!(error, JournalError::Corrupt { line: 1, .. }));
}

/// A disk that fails as it is told.
#[derive(Clone, Default)]
struct Failing(Arc<Mutex<Disk>>);

#[derive(Default)]
struct Disk {
    bytes: Vec<u8>,
    full: bool,
    unsynced: bool,
    replaced: usize,
    /// What was there at the last sync that did not fail.
    synced: Vec<u8>,
}

impl Medium for Failing {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        let fits = if disk.full {
            bytes.len() / 2
        } else {
            bytes.len()
        };
        disk.bytes.extend(&bytes[..fits]);
        if disk.full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        if disk.unsynced {
            return Err(io::Error::other("EIO"));
        }
        disk.synced = disk.bytes.clone();
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0
            .lock()
            .unwrap()
            .bytes
            .truncate(usize::try_from(length).unwrap());
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        if disk.full || disk.unsynced {
            return Err(io::ErrorKind::StorageFull.into());
        }
        disk.bytes = bytes.to_vec();
        disk.synced = bytes.to_vec();
        disk.replaced += 1;
        Ok(())
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_no_half_line() {
    let disk = Failing::default();
    let journal = Journal::start(disk.clone(), 0, BTreeMap::new()).unwrap();
    journal.intent(intent(1)).await.unwrap();
    disk.0.lock().unwrap().full = true;
    let error = journal.intent(intent(2)).await.unwrap_err();
    assert!(matches!(error, JournalError::Write(_)));
    assert_eq!(journal.in_doubt(), vec![intent(1)]);
    // The outcome is remembered all the same, and told.
    journal.outcome(id(2), told()).await.unwrap_err();
    assert_eq!(journal.untold(), vec![(id(2), told())]);
    disk.0.lock().unwrap().full = false;
    journal.intent(intent(3)).await.unwrap();
    let replayed = replay(&disk.0.lock().unwrap().bytes).unwrap();
    assert_eq!(
        replayed.open.keys().copied().collect::<Vec<_>>(),
        [id(1), id(2), id(3)],
        "what could not be kept is kept now"
    );
}

#[tokio::test]
async fn what_could_not_be_kept_is_kept_once_there_is_room() {
    let disk = Failing::default();
    let journal = Journal::start(disk.clone(), 0, BTreeMap::new()).unwrap();
    disk.0.lock().unwrap().full = true;
    journal.outcome(id(1), told()).await.unwrap_err();
    disk.0.lock().unwrap().full = false;
    while disk.0.lock().unwrap().replaced == 0 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let open = replay(&disk.0.lock().unwrap().synced).unwrap().open;
    assert_eq!(open[&id(1)].told, Some(told()), "with nobody asking for it");
}

/// Nothing counts that was written before, until all of it was written anew.
#[tokio::test]
async fn after_a_failed_sync_everything_is_written_anew() {
    let disk = Failing::default();
    let journal = Journal::start(disk.clone(), 0, BTreeMap::new()).unwrap();
    journal.intent(intent(1)).await.unwrap();
    disk.0.lock().unwrap().unsynced = true;
    journal.intent(intent(2)).await.unwrap_err();
    journal.outcome(id(1), told()).await.unwrap_err();
    disk.0.lock().unwrap().unsynced = false;
    // As a disk that failed may do.
    disk.0.lock().unwrap().bytes = b"lost".to_vec();
    journal.intent(intent(3)).await.unwrap();
    let open = replay(&disk.0.lock().unwrap().synced).unwrap().open;
    assert_eq!(open.keys().copied().collect::<Vec<_>>(), [id(1), id(3)]);
    assert_eq!(open[&id(1)].told, Some(told()));
}

#[tokio::test]
async fn it_is_rewritten_with_what_is_open() {
    let disk = Failing::default();
    let journal = Journal::start(disk.clone(), 0, BTreeMap::new()).unwrap();
    journal.intent(intent(1)).await.unwrap();
    let mut number = 2;
    while disk.0.lock().unwrap().replaced == 0 {
        journal.outcome(id(number), told()).await.unwrap();
        journal.recorded(id(number));
        number += 1;
    }
    journal.intent(intent(number)).await.unwrap();
    let bytes = disk.0.lock().unwrap().bytes.clone();
    assert!(bytes.len() < 4096, "{}", bytes.len());
    let open = replay(&bytes).unwrap().open;
    assert!(open.contains_key(&id(1)) && open.contains_key(&id(number)));
}

#[tokio::test]
async fn many_at_once_all_count() {
    let folder = tempfile::tempdir().unwrap();
    let first = Arc::new(Journal::open(&journal(&folder)).unwrap());
    let writes: Vec<_> = (1..=100)
        .map(|number| {
            let journal = Arc::clone(&first);
            tokio::spawn(async move { journal.intent(intent(number)).await })
        })
        .collect();
    for write in writes {
        write.await.unwrap().unwrap();
    }
    drop(first);
    assert_eq!(
        Journal::open(&journal(&folder)).unwrap().in_doubt().len(),
        100
    );
}

fn lines() -> Vec<u8> {
    let records = [
        Record::Intent { intent: intent(1) },
        Record::Intent { intent: intent(2) },
        Record::Outcome {
            request: id(1),
            told: told(),
        },
        Record::Recorded { request: id(1) },
    ];
    records
        .iter()
        .flat_map(|record| record.line().unwrap())
        .collect()
}

proptest! {
    /// Wherever the power is cut, what was whole before is read, and never more than was written.
    #[test]
    fn every_cut_is_survived(cut in 0..lines().len()) {
        let bytes = lines();
        let replayed = replay(&bytes[..cut]).unwrap();
        prop_assert_eq!(replayed.whole + replayed.torn, cut);
        prop_assert_eq!(bytes[..cut].iter().filter(|b| **b == b'\n').count(),
            bytes[..replayed.whole].iter().filter(|b| **b == b'\n').count());
    }

    #[test]
    fn no_bytes_end_the_program(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        match replay(&bytes) {
            Ok(replayed) => prop_assert!(replayed.open.is_empty()),
            Err(Corrupt { line }) => prop_assert!(line >= 1),
        }
    }
}
