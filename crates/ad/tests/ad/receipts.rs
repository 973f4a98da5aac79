//! The directory's record of each write, by which an unseen outcome becomes known.

use crate::support::{RESET, anchor, secret, site};

#[tokio::test]
async fn every_write_raises_its_version_by_one_and_names_its_writer() {
    for domain in ["corp.test", "legacy.test"] {
        let site = site(domain);
        let user = site.anyone();
        let (dc, account) = site.read(&user).await;
        let mut before = account.receipt;
        let writer = dc
            .root_dse()
            .invocation_id
            .expect("an ordinary account can read it");
        let reset = writeback_ad::Reset {
            hints: writeback_ad::HintsUse::WhereOffered,
            ..RESET
        };
        for n in 1..=3 {
            let new = secret(&format!("Neu-4711-geheim-{n}"));
            dc.reset_password(&account, &new, reset).await.unwrap();
            let after = dc.receipt(&anchor(&user)).await.unwrap().unwrap();
            let (old, new) = (before.password.unwrap(), after.password.unwrap());
            assert_eq!(new.version, old.version + 1);
            assert_eq!(new.originating_dsa, writer);
            assert!(new.originating_usn > old.originating_usn);
            assert!(
                new.at >= before.dc_now && new.at <= after.dc_now,
                "{before:?} {after:?}"
            );
            before = after;
        }
        // A refused write leaves no trace.
        let refused = dc.reset_password(&account, &secret("Ab1!"), reset).await;
        assert!(refused.is_err());
        let after = dc.receipt(&anchor(&user)).await.unwrap().unwrap();
        assert_eq!(after.password, before.password);
    }
}

#[tokio::test]
async fn unlock_and_forced_change_have_receipts_of_their_own() {
    let site = site("corp.test");
    let spec = writeback_lab::UserSpec {
        locked: true,
        ..Default::default()
    };
    let user = site.user(spec);
    let (dc, account) = site.read(&user).await;
    let before = account.receipt;
    dc.unlock(&account).await.unwrap();
    let unlocked = dc.receipt(&anchor(&user)).await.unwrap().unwrap();
    let versions = |receipt: &writeback_ad::Receipt| {
        let version = |stamp: Option<writeback_ad::Stamp>| stamp.map_or(0, |stamp| stamp.version);
        [
            version(receipt.password),
            version(receipt.lockout),
            version(receipt.password_last_set),
        ]
    };
    let [password, lockout, set] = versions(&before);
    assert_eq!(versions(&unlocked), [password, lockout + 1, set]);
    dc.force_change(&account).await.unwrap();
    let forced = dc.receipt(&anchor(&user)).await.unwrap().unwrap();
    assert_eq!(versions(&forced), [password, lockout + 1, set + 1]);
    assert!(
        dc.receipt(&writeback_model::SourceAnchor::try_from_bytes(&[9; 16]).unwrap())
            .await
            .unwrap()
            .is_none()
    );
}

/// An unlock of an account that is not locked: does it leave a trace?
#[tokio::test]
async fn an_unlock_of_an_account_that_is_not_locked() {
    let site = site("corp.test");
    let user = site.anyone();
    let (dc, account) = site.read(&user).await;
    for n in 1..=2 {
        dc.unlock(&account).await.unwrap();
        let after = dc.receipt(&anchor(&user)).await.unwrap().unwrap();
        println!("after unlock {n}: {:?}", after.lockout);
    }
}
