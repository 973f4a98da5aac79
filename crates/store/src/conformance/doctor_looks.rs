//! What the doctor found.

use super::{
    Fixture,
    given::{at, tenant, with_tenant},
};
use crate::{DoctorLook, DoctorLookStore, LOOKS_KEPT};

fn look(began: i64, looked: i64, findings: &str) -> DoctorLook {
    DoctorLook {
        began_at: at(began),
        looked_at: at(looked),
        findings: findings.to_owned(),
    }
}

pub async fn a_look_that_found_the_same_is_renewed_and_another_one_kept<F: Fixture>(fixture: &F) {
    let (store, first) = with_tenant(fixture).await;
    let second = tenant(&store, 2).await;
    store
        .add_doctor_look(first, &look(1, 1, "[1]"))
        .await
        .unwrap();
    let renewed = store.renew_doctor_look(first, &look(1, 5, "[1, 2]")).await;
    assert!(renewed.unwrap());
    store
        .add_doctor_look(first, &look(6, 6, "[]"))
        .await
        .unwrap();
    // There is none that began then, that one is the other tenant's, and time goes forward.
    for (of, it) in [
        (first, look(2, 9, "[9]")),
        (second, look(1, 9, "[9]")),
        (first, look(1, 3, "[9]")),
    ] {
        assert!(!store.renew_doctor_look(of, &it).await.unwrap());
    }
    let looks = store.doctor_looks(first, 9).await.unwrap();
    assert_eq!(looks, [look(6, 6, "[]"), look(1, 5, "[1, 2]")]);
    let looks = store.doctor_looks(first, 1).await.unwrap();
    assert_eq!(looks, [look(6, 6, "[]")]);
    assert_eq!(store.doctor_looks(second, 9).await.unwrap(), []);
    // Two replicas look at once.
    store
        .add_doctor_look(first, &look(6, 7, "[7]"))
        .await
        .unwrap();
    let looks = store.doctor_looks(first, 1).await.unwrap();
    assert_eq!(looks, [look(6, 7, "[7]")]);
}

pub async fn only_so_many_looks_are_kept<F: Fixture>(fixture: &F) {
    let (store, first) = with_tenant(fixture).await;
    let second = tenant(&store, 2).await;
    store
        .add_doctor_look(second, &look(0, 0, "[]"))
        .await
        .unwrap();
    let kept = i64::from(LOOKS_KEPT);
    for number in 0..kept + 3 {
        let it = look(number, number, "[]");
        store.add_doctor_look(first, &it).await.unwrap();
    }
    let looks = store.doctor_looks(first, LOOKS_KEPT + 9).await.unwrap();
    assert_eq!(looks.len(), usize::try_from(kept).unwrap());
    assert_eq!(looks.last(), Some(&look(3, 3, "[]")));
    assert_eq!(store.doctor_looks(second, 9).await.unwrap().len(), 1);
}
