//! Disturbing DCs, and putting them back.

use std::time::{Duration, Instant};

use writeback_lab::{BindAnswer, Dc, UserSpec, run};

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
