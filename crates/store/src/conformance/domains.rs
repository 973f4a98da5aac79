//! Domains of tenants.

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use writeback_model::TenantId;

use super::{
    Fixture,
    given::{at, at_once, audit, domain, records, tenant, uuid, with_tenant},
};
use crate::{DomainStore, Store, TenantDomain, Verification, VerifyAnswer};

fn claimed(name: &str) -> TenantDomain {
    TenantDomain {
        name: domain(name),
        token: format!("token of {name}"),
        added_at: at(1),
        verified: None,
    }
}

async fn claim(store: &impl Store, tenant: TenantId, name: &str) -> bool {
    let record = audit(tenant, "Domain added");
    let added = store.add_domain(tenant, &claimed(name), &record).await;
    added.unwrap()
}

async fn verify(store: &impl Store, tenant: TenantId, name: &str) -> VerifyAnswer {
    let record = audit(tenant, "Domain verified");
    store
        .verify_domain(tenant, &domain(name), Verification::Dns, at(2), &record)
        .await
        .unwrap()
}

pub async fn a_domain_comes_back_as_it_was_kept<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    assert_eq!(store.domains(tenant).await.unwrap(), []);
    assert!(claim(&store, tenant, "example.test").await);
    assert!(!claim(&store, tenant, "example.test").await, "once");
    assert!(claim(&store, tenant, "another.test").await);
    let (example, another) = (claimed("example.test"), claimed("another.test"));
    let found = store.domains(tenant).await.unwrap();
    assert_eq!(found, [another.clone(), example.clone()], "by name");
    let record = audit(tenant, "Domain verified");
    let how = Verification::Operator;
    let answer = store.verify_domain(tenant, &example.name, how, at(7), &record);
    assert_eq!(answer.await.unwrap(), VerifyAnswer::Verified);
    let verified = TenantDomain {
        verified: Some((at(7), how)),
        ..example
    };
    assert_eq!(store.domains(tenant).await.unwrap(), [another, verified]);
    assert_eq!(records(&store, tenant).await, 4);
}

pub async fn only_a_verified_domain_finds_its_tenant<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let found = async || store.tenant_of_domain("example.test").await.unwrap();
    claim(&store, tenant, "example.test").await;
    assert_eq!(found().await, None, "a claim is only a claim");
    verify(&store, tenant, "example.test").await;
    assert_eq!(found().await, Some(tenant));
    let below = store.tenant_of_domain("sub.example.test").await.unwrap();
    assert_eq!(below, None, "what is below it is a domain of its own");
    let record = audit(tenant, "Domain removed");
    let name = domain("example.test");
    assert!(store.remove_domain(tenant, &name, &record).await.unwrap());
    assert!(!store.remove_domain(tenant, &name, &record).await.unwrap());
    assert_eq!(found().await, None);
    assert_eq!(records(&store, tenant).await, 4);
}

pub async fn a_domain_is_verified_in_one_tenant<F: Fixture>(fixture: &F) {
    let (store, first) = with_tenant(fixture).await;
    let second = tenant(&store, 2).await;
    let unknown = verify(&store, first, "example.test").await;
    assert_eq!(unknown, VerifyAnswer::Unknown);
    for tenant in [first, second] {
        assert!(claim(&store, tenant, "example.test").await, "all may claim");
    }
    let answers = [
        (first, VerifyAnswer::Verified),
        (first, VerifyAnswer::Already),
        (second, VerifyAnswer::Taken),
    ];
    for (tenant, answer) in answers {
        assert_eq!(verify(&store, tenant, "example.test").await, answer);
    }
    assert_eq!(records(&store, second).await, 2, "no record of a refusal");
    let name = domain("example.test");
    let record = audit(first, "Domain removed");
    store.remove_domain(first, &name, &record).await.unwrap();
    let answer = verify(&store, second, "example.test").await;
    assert_eq!(answer, VerifyAnswer::Verified, "it is free again");
}

pub async fn of_many_who_verify_a_domain_at_once_one_gets_it<F: Fixture>(fixture: &F) {
    let store = fixture.open().await;
    for number in 1..=8 {
        let tenant = tenant(&store, number).await;
        claim(&store, tenant, "example.test").await;
    }
    let answers = at_once(fixture, 8, |store, turn| async move {
        let tenant = TenantId::from_uuid(uuid(u128::from(turn) + 1));
        verify(&*store, tenant, "example.test").await
    })
    .await;
    let got = |answer: &&VerifyAnswer| **answer == VerifyAnswer::Verified;
    assert_eq!(answers.iter().filter(got).count(), 1, "{answers:?}");
    let others = |answer: &&VerifyAnswer| **answer == VerifyAnswer::Taken;
    assert_eq!(answers.iter().filter(others).count(), 7, "{answers:?}");
}

/// One thing that a tenant does with a domain.
#[derive(Clone, Copy, Debug)]
enum Step {
    Claim(u8, u8),
    Verify(u8, u8),
    Remove(u8, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..3, 1_u8..4, 0_u8..3).prop_map(|(what, tenant, name)| match what {
        0 => Step::Claim(tenant, name),
        1 => Step::Verify(tenant, name),
        _ => Step::Remove(tenant, name),
    });
    prop::collection::vec(step, 1..40)
}

/// Whatever tenants do one after the other, each domain is verified in one of them at most, and
/// finds that one.
pub async fn no_sequence_gives_a_domain_to_two<F: Fixture>(fixture: &F) {
    let store = fixture.open().await;
    let names = ["a.test", "b.test", "c.test"];
    let mut tenants = Vec::new();
    for number in 1..4 {
        tenants.push(tenant(&store, number).await);
    }
    let mut runner = TestRunner::default();
    for _ in 0..20 {
        let tree = steps().new_tree(&mut runner).unwrap();
        for step in tree.current() {
            let (Step::Claim(who, name) | Step::Verify(who, name) | Step::Remove(who, name)) = step;
            let (who, name) = (tenants[usize::from(who) - 1], names[usize::from(name)]);
            match step {
                Step::Claim(..) => drop(claim(&store, who, name).await),
                Step::Verify(..) => drop(verify(&store, who, name).await),
                Step::Remove(..) => {
                    let record = audit(who, "Domain removed");
                    let removed = store.remove_domain(who, &domain(name), &record).await;
                    removed.unwrap();
                }
            }
            for name in names {
                let mut owners = Vec::new();
                for tenant in &tenants {
                    let domains = store.domains(*tenant).await.unwrap();
                    let has = |it: &TenantDomain| it.name.as_str() == name && it.verified.is_some();
                    if domains.iter().any(has) {
                        owners.push(*tenant);
                    }
                }
                assert!(owners.len() <= 1, "{name} after {step:?}");
                let found = store.tenant_of_domain(name).await.unwrap();
                assert_eq!(found, owners.first().copied(), "{name} after {step:?}");
            }
        }
    }
}
