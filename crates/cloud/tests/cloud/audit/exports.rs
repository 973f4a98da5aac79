//! Exports, and people who tamper with them.

use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use writeback_audit::{ExportCheck, ExportProblem, PublicKey, Verdict};
use writeback_cloud::{ExportRange, Format, TrailError};

use super::trail::{ONE, Trail};

async fn export(trail: &Trail, format: &Format, range: ExportRange) -> Vec<String> {
    let mut lines = Vec::new();
    let records = trail
        .keeper()
        .export(Some(ONE), format, range, &mut |line| {
            lines.push(line.to_owned());
            Ok(())
        })
        .await
        .unwrap();
    let others = lines
        .iter()
        .filter(|line| line.starts_with("{\"checkpoint\""))
        .count();
    let ends = if *format == Format::JsonLines { 2 } else { 0 };
    assert_eq!(
        usize::try_from(records).unwrap(),
        lines.len() - others - ends
    );
    lines
}

fn check(lines: &[String], key: Option<PublicKey>) -> Result<Verdict, (u64, ExportProblem)> {
    let mut check = ExportCheck::new(key);
    for line in lines {
        if let Err(problem) = check.line(line) {
            return Err((check.line_number(), problem));
        }
    }
    let number = check.line_number();
    check.end().map_err(|problem| (number, problem))
}

async fn trail() -> Trail {
    let trail = Trail::from_before().await;
    trail.keep(20).await;
    trail.sign().await;
    trail.keep(20).await;
    trail
}

#[tokio::test]
async fn an_export_is_checked_by_itself() {
    let trail = trail().await;
    let lines = export(&trail, &Format::JsonLines, ExportRange::default()).await;
    let key = trail.keeper().public_key();
    let verdict = check(&lines, Some(key)).unwrap();
    // Three from before, and twenty-one.
    assert_eq!((verdict.checked.records, verdict.begins_after), (24, 0));
    assert_eq!(verdict.checked.chain, Some(ONE));
    let checkpoints = lines
        .iter()
        .filter(|line| line.starts_with("{\"checkpoint\""));
    assert_eq!(checkpoints.count(), 2);
    check(&lines, None).unwrap();
    let stranger = PublicKey([9; 32]);
    assert_eq!(check(&lines, Some(stranger)).unwrap_err().0, 1);
    trail.verify().await.unwrap();
}

#[tokio::test]
async fn a_part_is_checked_too() {
    let trail = Trail::from_before().await;
    trail.keep(20).await;
    let since = trail.now();
    trail.keep(20).await;
    let until = trail.now();
    trail.keep(20).await;
    let part = |since, until| ExportRange { since, until };
    for (range, records, begins_after) in [
        (part(Some(since), Some(until)), 10, 11),
        (part(None, Some(since)), 14, 0),
        (part(Some(until), None), 10, 21),
        (part(Some(until), Some(since)), 0, 21),
    ] {
        let lines = export(&trail, &Format::JsonLines, range).await;
        let verdict = check(&lines, None).unwrap();
        // The record of an export before is in the later ones.
        let records = if range.until.is_none() {
            records + 2
        } else {
            records
        };
        assert_eq!(
            (verdict.checked.records, verdict.begins_after),
            (records, begins_after)
        );
    }
}

#[tokio::test]
async fn every_tampering_with_an_export_is_found() {
    let trail = trail().await;
    let lines = export(&trail, &Format::JsonLines, ExportRange::default()).await;
    let key = Some(trail.keeper().public_key());
    let mut random = StdRng::seed_from_u64(4);
    for time in 0..1000 {
        let mut tampered = lines.clone();
        let at = random.random_range(0..lines.len());
        match time % 6 {
            0 => drop(tampered.remove(at)),
            1 => tampered.insert(at, lines[at].clone()),
            2 => tampered.truncate(at),
            3 => tampered.swap(at, (at + 1) % lines.len()),
            4 => tampered.shuffle(&mut random),
            _ => {
                let line = &mut tampered[at];
                let place = random.random_range(0..line.len());
                let other = if line.as_bytes()[place] == b'0' {
                    "1"
                } else {
                    "0"
                };
                line.replace_range(place..=place, other);
            }
        }
        if tampered == lines {
            continue;
        }
        if time % 6 == 0 && lines[at].starts_with("{\"checkpoint\"") {
            // The signed end confirms all records: a checkpoint less takes nothing away.
            let verdict = check(&tampered, key).unwrap();
            assert_eq!(verdict.checked.records, 24);
            continue;
        }
        let (line, problem) = check(&tampered, key).expect_err(&format!("{time} at {at}"));
        if time % 6 == 5 && at > 4 {
            let line = usize::try_from(line).unwrap();
            assert_eq!(line, at + 1, "{problem}");
        }
    }
    check(&lines, key).unwrap();
}

/// Between the first and the last line old records go, in their time.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_beside_a_removal_ends_without_speaking_of_tampering() {
    for format in [Format::JsonLines, Format::Cef] {
        let trail = Trail::new().await;
        // More than are read at once: the rest is still to be read when the removal comes.
        trail.keep(3000).await;
        let middle = trail.now() - jiff::SignedDuration::from_secs(300);
        trail.sign().await;
        let other = trail.keeper();
        let runtime = tokio::runtime::Handle::current();
        let mut is_first = true;
        let keeper = trail.keeper();
        let mut write = |_: &str| {
            if std::mem::take(&mut is_first) {
                std::thread::scope(|scope| {
                    let pruned = scope.spawn(|| runtime.block_on(other.prune(Some(ONE), middle)));
                    assert_ne!(pruned.join().unwrap().unwrap(), 0);
                });
            }
            Ok(())
        };
        let range = ExportRange::default();
        let exported = keeper.export(Some(ONE), &format, range, &mut write).await;
        let error = exported.unwrap_err();
        assert!(matches!(error, TrailError::PrunedMeanwhile), "{error}");
        trail.verify().await.unwrap();
        let again = export(&trail, &format, ExportRange::default()).await;
        assert!(again.len() > 100);
    }
}

#[tokio::test]
async fn collectors_get_a_line_for_each_record() {
    let trail = trail().await;
    let cef = export(&trail, &Format::Cef, ExportRange::default()).await;
    assert!(
        cef.iter()
            .all(|line| line.starts_with("CEF:0|Writeback|Writeback|"))
    );
    assert_eq!(cef.len(), 24);
    let syslog = Format::Syslog("reset.example.org".to_owned());
    let syslog = export(&trail, &syslog, ExportRange::default()).await;
    assert!(
        syslog
            .iter()
            .all(|line| line.contains(" reset.example.org writeback - "))
    );
    assert!(syslog.iter().chain(&cef).all(|line| !line.contains('\n')));
}
