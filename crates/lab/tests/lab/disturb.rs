//! Disturbing DCs, and putting them back.

use std::time::{Duration, Instant};

use writeback_lab::{BindAnswer, Dc, Forest, UserSpec, run};

use crate::lab;

/// Undoes everything, also when the test fails.
struct Healed<'a>(&'a Dc);

impl Drop for Healed<'_> {
    fn drop(&mut self) {
        self.0.heal().unwrap();
    }
}

fn port_636(dc: &Dc) -> i32 {
    let script = format!("exec 3<>/dev/tcp/{}/636", dc.ip);
    let mut command = std::process::Command::new("timeout");
    run(command.args(["1", "bash", "-c", &script]), b"")
        .unwrap()
        .code
}

#[test]
fn a_dc_is_paused_cut_stopped_and_put_back() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let dc = &lab.forest("corp.test").unwrap().dcs[1];
    let _healed = Healed(dc);
    assert_eq!(port_636(dc), 0);

    dc.pause().unwrap();
    // The kernel still accepts; Samba does not answer.
    assert_eq!(port_636(dc), 0);
    dc.resume().unwrap();
    assert!(dc.answers());

    dc.cut().unwrap();
    assert_eq!(port_636(dc), 124, "packets must vanish, not be refused");
    dc.uncut().unwrap();
    assert!(dc.answers());

    dc.stop().unwrap();
    assert_eq!(port_636(dc), 1, "a stopped DC refuses");
    let start = Instant::now();
    dc.start().unwrap();
    println!("started in {:?}", start.elapsed());
    assert!(dc.answers());
}

#[test]
fn a_dc_runs_with_a_wrong_clock_until_it_is_healed() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    // One DC of each version of Samba.
    for forest in ["fabrikam.test", "legacy.test"].map(|name| lab.forest(name).unwrap()) {
        let dc = forest.first_dc().unwrap();
        let _healed = Healed(dc);
        // Seconds that a time of this DC is ahead of the clock of one untouched.
        let seconds = |text: &[u8]| {
            let text = String::from_utf8_lossy(text);
            let (time, _) = text.split_once('.').unwrap();
            let read = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", time).unwrap();
            let there = read.to_zoned(jiff::tz::TimeZone::UTC).unwrap();
            there.timestamp().as_second()
        };
        let now = |forest: &Forest| {
            let dc = forest.first_dc().unwrap();
            forest.attribute(dc, "", "currentTime").unwrap().concat()
        };
        let right = lab.forest("corp.test").unwrap();
        let ahead = |time: &[u8]| seconds(time) - seconds(&now(right));
        let says = || ahead(&now(forest));
        let near = |seconds: i64, expected: i64| {
            assert!(
                seconds.abs_diff(expected) < 600,
                "{}: {seconds} s ahead instead of {expected}",
                dc.fqdn
            );
        };
        assert!(dc.start_with_clock_offset(60).is_err(), "it runs already");
        for offset in [7200, -7200] {
            dc.stop().unwrap();
            dc.start_with_clock_offset(offset).unwrap();
            near(says(), offset);
            let user = forest.create_user(UserSpec::default()).unwrap();
            let written = forest.attribute(dc, &user.dn, "whenCreated").unwrap();
            near(ahead(&written.concat()), offset);
            let answer = forest.can_bind(&user.upn, &user.password, dc).unwrap();
            assert_eq!(answer, BindAnswer::Ok);
            forest.delete_user(&user).unwrap();
        }
        dc.heal().unwrap();
        near(says(), 0);
        forest.restore_snapshot().unwrap();
    }
}

#[test]
fn the_pdc_role_moves_and_the_dns_follows() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("corp.test").unwrap();
    let (first, second) = (&forest.dcs[0], &forest.dcs[1]);
    let now = || {
        (
            forest.pdc().unwrap().name.clone(),
            forest.pdc_records().unwrap(),
        )
    };
    assert_eq!(now(), ("dc1".to_owned(), vec![first.fqdn.clone()]));

    let start = Instant::now();
    forest.transfer_pdc_with_stale_dns(second).unwrap();
    println!("moved in {:?}", start.elapsed());
    let stale = now();
    forest.transfer_pdc(second).unwrap();
    let clean = now();
    forest.transfer_pdc(first).unwrap();
    let back = now();

    assert_eq!(
        (stale.0.as_str(), stale.1.len()),
        ("dc2", 2),
        "{:?}",
        stale.1
    );
    assert_eq!(clean, ("dc2".to_owned(), vec![second.fqdn.clone()]));
    assert_eq!(back, ("dc1".to_owned(), vec![first.fqdn.clone()]));
}

#[test]
fn a_dc_that_was_cut_off_catches_up() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("corp.test").unwrap();
    let second = &forest.dcs[1];
    let _healed = Healed(second);
    second.cut().unwrap();
    let user = forest.create_user(UserSpec::default()).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    second.uncut().unwrap();
    let start = Instant::now();
    forest.replicated(Duration::from_secs(60)).unwrap();
    println!("caught up in {:?}", start.elapsed());
    let answer = forest.can_bind(&user.upn, &user.password, second).unwrap();
    assert_eq!(answer, BindAnswer::Ok);
    forest.delete_user(&user).unwrap();
}

#[test]
fn several_wait_for_replication_at_once() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let forest = lab.forest("corp.test").unwrap();
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| forest.replicated(Duration::from_secs(20))))
            .collect();
        for one in waiting {
            one.join().unwrap().unwrap();
        }
    });
}
