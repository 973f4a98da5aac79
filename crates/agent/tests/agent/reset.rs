//! Requests from offer to outcome, with the directory as the judge.

use writeback_lab::UserSpec;
use writeback_model::{Cause, Operation, Outcome, ProtectedBy, Remark};
use writeback_wire::{Evidence, ToAgent, ToCloud};

use crate::{
    cloud::{Cloud, Link, Manners},
    site::{RESET, Running, Site, logged, password},
};

struct Stage {
    site: Site,
    link: Link,
    key: writeback_wire::SealingKey,
    running: Running,
    _cloud: Cloud,
}

async fn stage() -> Stage {
    let cloud = Cloud::start(Manners::default()).await;
    let site = Site::new(&cloud, "");
    let running = site.start().await;
    let (link, hello) = cloud.link().await;
    Stage {
        site,
        link,
        key: hello.sealing_key,
        running,
        _cloud: cloud,
    }
}

impl Stage {
    /// Offers, grants, and hears the outcome.
    async fn done(&mut self, offer: ToAgent) -> (Outcome, Evidence) {
        self.link.say(&offer).await;
        let request = self.link.hear_claim().await;
        self.link.grant(request).await;
        let ToCloud::Outcome {
            outcome, evidence, ..
        } = self.link.hear().await
        else {
            panic!("no outcome")
        };
        self.link.say(&ToAgent::Recorded { request }).await;
        (outcome, evidence)
    }

    async fn refused(&mut self, offer: ToAgent) -> Cause {
        match self.done(offer).await.0 {
            Outcome::NotChanged { cause } => cause,
            Outcome::Changed { .. } => panic!("it was done"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_is_in_the_directory_before_it_is_told() {
    let mut stage = stage().await;
    let user = stage.site.forest.create_user(UserSpec::default()).unwrap();
    let new = password();
    let (_, offer) = stage.site.offer(&stage.key, &user, RESET, &new, None);
    let (outcome, evidence) = stage.done(offer).await;
    assert_eq!(outcome, Outcome::Changed { remarks: vec![] });
    // Samba lets the password before it in for another hour, so that only the new one judges.
    assert!(stage.site.opens(&user, &new));
    assert_eq!(evidence.controller.as_deref(), Some("dc1.corp.test"));
    assert!(evidence.version_before.unwrap() >= 1 && evidence.directory_ms.is_some());

    // The password is nowhere but in the directory.
    for (file, text) in stage.site.state() {
        assert!(!text.contains(&new), "{} holds it", file.display());
    }
    let log = logged();
    for secret in [
        &new,
        &user.password,
        &stage.site.forest.agent_password,
        &user.sam,
    ] {
        assert!(
            !log.contains(secret.as_str()),
            "the log holds something it must not"
        );
    }
    assert!(log.contains("event_id=31001") && log.contains("event_id=31002"));
    stage.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_account_is_unlocked_with_its_reset() {
    let mut stage = stage().await;
    let spec = || UserSpec {
        locked: true,
        ..UserSpec::default()
    };
    let user = stage.site.forest.create_user(spec()).unwrap();
    let new = password();
    let (_, offer) = stage.site.offer(&stage.key, &user, RESET, &new, None);
    let (outcome, _) = stage.done(offer).await;
    assert_eq!(
        outcome,
        Outcome::Changed {
            remarks: vec![Remark::Unlocked]
        }
    );
    assert!(stage.site.opens(&user, &new));

    let user = stage.site.forest.create_user(spec()).unwrap();
    let (_, offer) = stage
        .site
        .offer(&stage.key, &user, Operation::Unlock, "", None);
    let (outcome, _) = stage.done(offer).await;
    assert_eq!(
        outcome,
        Outcome::Changed {
            remarks: vec![Remark::Unlocked]
        }
    );
    assert!(stage.site.opens(&user, &user.password));

    // A change does not unlock, and is not tried.
    let user = stage.site.forest.create_user(spec()).unwrap();
    let (_, offer) = stage.site.offer(
        &stage.key,
        &user,
        Operation::Change,
        &new,
        Some(&user.password),
    );
    assert_eq!(stage.refused(offer).await, Cause::AccountLocked);
    stage.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_needs_the_current_password() {
    let mut stage = stage().await;
    let user = stage.site.forest.create_user(UserSpec::default()).unwrap();
    let new = password();
    let (_, wrong) = stage
        .site
        .offer(&stage.key, &user, Operation::Change, &new, Some("Wrong-1!"));
    assert_eq!(stage.refused(wrong).await, Cause::WrongCurrentPassword);
    let (_, right) = stage.site.offer(
        &stage.key,
        &user,
        Operation::Change,
        &new,
        Some(&user.password),
    );
    assert_eq!(
        stage.done(right).await.0,
        Outcome::Changed { remarks: vec![] }
    );
    assert!(stage.site.opens(&user, &new));
    stage.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_change_is_set_and_told() {
    let mut stage = stage().await;
    let user = stage.site.forest.create_user(UserSpec::default()).unwrap();
    let operation = Operation::Reset { force_change: true };
    let (_, offer) = stage
        .site
        .offer(&stage.key, &user, operation, &password(), None);
    let (outcome, _) = stage.done(offer).await;
    assert_eq!(
        outcome,
        Outcome::Changed {
            remarks: vec![Remark::MustChangeAtSignIn]
        }
    );
    stage.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_done_is_refused_and_nothing_changes() {
    let mut stage = stage().await;
    let cases = [
        (
            UserSpec {
                admin_count: true,
                ..UserSpec::default()
            },
            Cause::ProtectedAccount {
                by: ProtectedBy::AdminCount,
            },
        ),
        // Protection comes before everything else.
        (
            UserSpec {
                groups: vec!["Domain Admins".into()],
                disabled: true,
                ..UserSpec::default()
            },
            Cause::ProtectedAccount {
                by: ProtectedBy::ProtectedGroup,
            },
        ),
        (
            UserSpec {
                disabled: true,
                ..UserSpec::default()
            },
            Cause::AccountDisabled,
        ),
        (
            UserSpec {
                expired: true,
                ..UserSpec::default()
            },
            Cause::AccountExpired,
        ),
    ];
    for (spec, cause) in cases {
        let user = stage.site.forest.create_user(spec).unwrap();
        let (_, offer) = stage
            .site
            .offer(&stage.key, &user, RESET, &password(), None);
        let told = stage.refused(offer).await;
        match (&told, &cause) {
            // Samba sets adminCount on members of protected groups.
            (Cause::ProtectedAccount { .. }, Cause::ProtectedAccount { .. }) => {}
            _ => assert_eq!(told, cause),
        }
    }
    let user = stage.site.forest.create_user(UserSpec::default()).unwrap();
    let (_, short) = stage.site.offer(&stage.key, &user, RESET, "Ab1!", None);
    assert!(matches!(
        stage.refused(short).await,
        Cause::PasswordTooShort { .. }
    ));
    let (_, same) = stage
        .site
        .offer(&stage.key, &user, RESET, &user.password, None);
    let same = stage.refused(same).await;
    assert!(
        matches!(
            same,
            Cause::PasswordIsCurrent | Cause::PasswordInHistory { .. }
        ),
        "{same:?}"
    );
    stage.site.forest.delete_user(&user).unwrap();
    let (_, gone) = stage
        .site
        .offer(&stage.key, &user, RESET, &password(), None);
    assert_eq!(stage.refused(gone).await, Cause::ObjectNotFound);
    stage.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_for_another_request_or_key_opens_nothing() {
    let mut stage = stage().await;
    let user = stage.site.forest.create_user(UserSpec::default()).unwrap();
    let new = password();
    let moved = |offer: ToAgent| match offer {
        ToAgent::Execute(mut execute) => {
            execute.request =
                writeback_model::RequestId::new(&crate::site::Real, &crate::site::Real);
            ToAgent::Execute(execute)
        }
        other => other,
    };
    let (_, offer) = stage.site.offer(&stage.key, &user, RESET, &new, None);
    assert_eq!(stage.refused(moved(offer)).await, Cause::SealBroken);
    let other = writeback_seal::PrivateKey::generate(
        writeback_model::KeyId::new(&crate::site::Real, &crate::site::Real),
        &crate::site::Real,
    );
    let (_, offer) = stage.site.offer(&other.public(), &user, RESET, &new, None);
    assert_eq!(stage.refused(offer).await, Cause::SealKeyUnknown);
    assert!(!stage.site.opens(&user, &new));
    stage.running.stop().await;
}
