//! Who is asked and who is written to.

use std::time::Duration;

use writeback_ad::{
    AdError, Directory, DomainConfig, PolicyHints, PreferredControllers, Vendor, WriteError,
};
use writeback_lab::Forest;
use writeback_model::{Cause, Secret};

use crate::support::{RESET, anchor, config, lab, secret, site};

fn preferring(forest: &Forest, preferred: PreferredControllers) -> Directory {
    Directory::new(DomainConfig {
        preferred,
        ..config(forest)
    })
    .unwrap()
}

#[tokio::test]
async fn the_pdc_emulator_is_found_and_describes_itself() {
    let site = site("corp.test");
    let pdc = site.directory.pdc().await.unwrap();
    assert_eq!(pdc.host(), site.forest.pdc().unwrap().fqdn);
    let root = pdc.root_dse();
    assert_eq!(root.dns_host_name.as_deref(), Some(pdc.host()));
    assert_eq!(root.vendor, Vendor::Samba);
    assert_eq!(root.domain_head, site.forest.base_dn);
    assert_eq!(root.controller_functionality, Some(7));
    assert!(root.current_time.is_some() && root.invocation_id.is_some());
    assert_eq!(pdc.policy_hints(), Some(PolicyHints::Current));
}

#[tokio::test]
async fn an_old_controller_offers_no_hints() {
    let site = site("legacy.test");
    assert_eq!(site.directory.pdc().await.unwrap().policy_hints(), None);
}

#[tokio::test]
async fn reads_go_to_preferred_controllers() {
    let site = site("corp.test");
    let dc2 = site.forest.dcs[1].fqdn.clone();
    let first = PreferredControllers::First(vec!["nowhere.corp.test".into(), dc2.clone()]);
    let directory = preferring(&site.forest, first);
    assert_eq!(directory.reader().await.unwrap().host(), dc2);
    assert_ne!(
        directory.pdc().await.unwrap().host(),
        dc2,
        "writes do not follow preferences"
    );
    let only = PreferredControllers::Only(vec!["nowhere.corp.test".into()]);
    assert!(preferring(&site.forest, only).reader().await.is_err());
    let first = PreferredControllers::First(vec!["nowhere.corp.test".into()]);
    preferring(&site.forest, first).reader().await.unwrap();
}

#[tokio::test]
async fn wrong_credentials_are_the_agents_matter() {
    let site = site("corp.test");
    let user = site.anyone();
    let mut config = config(&site.forest);
    config.credentials.user = user.upn.clone();
    config.credentials.password = Secret::new("Falsch-4711-wort".into());
    let error = Directory::new(config).unwrap().pdc().await.unwrap_err();
    assert_eq!(error.cause(), Cause::AgentCredentialsRefused);
}

#[tokio::test]
async fn no_domain_no_controller() {
    let site = site("corp.test");
    let mut config = config(&site.forest);
    config.domain = "nowhere.corp.test".parse().unwrap();
    let error = Directory::new(config).unwrap().pdc().await.unwrap_err();
    assert!(matches!(error, AdError::PdcUnreachable { .. }));
    assert_eq!(error.cause(), Cause::PdcEmulatorUnreachable);
}

#[tokio::test]
async fn a_moved_role_is_noticed_between_two_writes() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("corp.test").unwrap().clone();
    let directory = Directory::new(config(&forest)).unwrap();
    let user = forest.create_user(Default::default()).unwrap();
    forest.replicated(Duration::from_secs(60)).unwrap();
    let (old, account) = directory.read_for_write(&anchor(&user)).await.unwrap();
    let account = account.unwrap();
    old.reset_password(&account, &secret("Erstes-4711-wort"), RESET)
        .await
        .unwrap();
    forest.transfer_pdc(&forest.dcs[1]).unwrap();
    // A controller that is held on to says so itself.
    let moved = old.read_for_write(&anchor(&user)).await;
    let (new, account) = directory.read_for_write(&anchor(&user)).await.unwrap();
    let written = new
        .reset_password(&account.unwrap(), &secret("Zweites-4711-wort"), RESET)
        .await;
    let opened = forest.can_bind(&user.upn, "Zweites-4711-wort", &forest.dcs[1]);
    let host = new.host().to_owned();
    forest.transfer_pdc(&forest.dcs[0]).unwrap();
    assert!(matches!(moved, Err(AdError::RoleMoved { .. })), "{moved:?}");
    assert_eq!(host, forest.dcs[1].fqdn);
    written.unwrap();
    assert!(opened.unwrap().is_ok());
    let (back, _) = directory.read_for_write(&anchor(&user)).await.unwrap();
    assert_eq!(back.host(), forest.dcs[0].fqdn);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_controller_leaves_the_outcome_unknown_and_the_receipt_tells() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("fabrikam.test").unwrap().clone();
    let mut config = config(&forest);
    config.limits.operation = Duration::from_secs(2);
    let directory = Directory::new(config).unwrap();
    let user = forest.create_user(Default::default()).unwrap();
    let (dc, account) = directory.read_for_write(&anchor(&user)).await.unwrap();
    let account = account.unwrap();
    let pdc = forest.first_dc().unwrap();
    pdc.pause().unwrap();
    let answer = dc
        .reset_password(&account, &secret("Neu-4711-geheim"), RESET)
        .await;
    let unreachable = directory.pdc().await;
    pdc.resume().unwrap();
    let Err(error @ WriteError::Unknown(_)) = answer else {
        panic!("{answer:?}")
    };
    assert!(error.may_have_been_written());
    assert_eq!(
        unreachable.unwrap_err().cause(),
        Cause::PdcEmulatorUnreachable
    );
    // It had been sent: once it wakes up, the controller carries it out.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    let version = account.receipt.password.unwrap().version;
    loop {
        // First the sign-in, then the receipt: the write may happen between the two.
        let answer = forest.can_bind(&user.upn, "Neu-4711-geheim", pdc).unwrap();
        let dc = directory.pdc().await.unwrap();
        let now = dc
            .receipt(&anchor(&user))
            .await
            .unwrap()
            .unwrap()
            .password
            .unwrap();
        if answer.is_ok() {
            assert_eq!(
                now.version,
                version + 1,
                "the receipt knows what the account knows"
            );
            break;
        }
        if tokio::time::Instant::now() > deadline {
            println!("the controller dropped what it had been sent");
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_controller_is_read_from_again_without_a_word() {
    let lab = lab();
    let _alone = lab.exclusive().unwrap();
    let forest = lab.forest("fabrikam.test").unwrap().clone();
    let directory = Directory::new(config(&forest)).unwrap();
    let user = forest.create_user(Default::default()).unwrap();
    let (dc, account) = directory.read_for_write(&anchor(&user)).await.unwrap();
    let pdc = forest.first_dc().unwrap();
    pdc.stop().unwrap();
    let down = dc
        .reset_password(&account.unwrap(), &secret("Neu-4711-geheim"), RESET)
        .await;
    pdc.start().unwrap();
    // The connection was seen to end before anything was sent.
    assert!(matches!(down, Err(WriteError::NotSent(_))), "{down:?}");
    dc.receipt(&anchor(&user)).await.unwrap().unwrap();
    directory.read_for_write(&anchor(&user)).await.unwrap();
}
