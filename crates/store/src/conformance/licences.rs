//! Licences and who has a seat.

use jiff::{SignedDuration, Timestamp};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use writeback_model::{TenantId, UserId};
use writeback_policy::licence::{
    HeldLicence, LicenceState, Lowered, SELF_HOSTED, Seat, ServicePlan, ServicePlanId, SetState,
    SkuId, Term, Via, catalogue_sku,
};

use super::{
    Fixture,
    cloud_groups::{cloud_group, cloud_user, new_group, put_into, take_out},
    directory::user_id,
    given::{at, at_once, audit, records, with_tenant},
};
use crate::{AssignAnswer, Assignee, GroupMember, GroupStore, LicenceStore, NewSku, Store};

/// P1 of the catalogue.
pub(super) fn sku(prepaid: Option<u64>) -> NewSku {
    let known = catalogue_sku("AAD_PREMIUM").unwrap();
    NewSku {
        id: known.id,
        part_number: known.part_number.to_owned(),
        product: known.product.to_owned(),
        plans: known.plans.iter().map(|plan| (*plan).into()).collect(),
        prepaid,
        term: Term::ENDLESS,
    }
}

/// Keeps P1 with so many seats.
pub(super) async fn bought(store: &impl Store, tenant: TenantId, prepaid: Option<u64>) -> SkuId {
    let sku = sku(prepaid);
    let record = audit(tenant, "Subscription added");
    assert!(store.add_sku(tenant, &sku, at(0), &record).await.unwrap());
    sku.id
}

pub(super) async fn assign(
    store: &impl Store,
    tenant: TenantId,
    sku: SkuId,
    to: Assignee,
    now: Timestamp,
) -> AssignAnswer {
    let record = audit(tenant, "Change user license");
    store
        .assign_licence(tenant, sku, to, &[], now, &record)
        .await
        .unwrap()
}

async fn unassign(store: &impl Store, tenant: TenantId, sku: SkuId, from: Assignee) -> bool {
    let record = audit(tenant, "Change user license");
    store
        .unassign_licence(tenant, sku, from, at(2), &record)
        .await
        .unwrap()
}

/// Takes back what everybody is born with.
async fn without_self_hosted(store: &impl Store, tenant: TenantId) {
    assert!(unassign(store, tenant, SELF_HOSTED.id, Assignee::Everybody).await);
}

/// What a person holds, but for what everybody is born with.
async fn held(
    store: &impl Store,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Vec<HeldLicence> {
    let held = store.held_licences(tenant, user, now).await.unwrap();
    held.into_iter()
        .filter(|licence| licence.sku != SELF_HOSTED.id)
        .collect()
}

async fn seat(store: &impl Store, tenant: TenantId, user: UserId, now: Timestamp) -> Option<Seat> {
    let held = held(store, tenant, user, now).await;
    held.first().map(|licence| licence.seat)
}

/// Seats that are taken, and how many wait.
async fn counts(store: &impl Store, tenant: TenantId, sku: SkuId) -> (u64, u64) {
    let skus = store.skus(tenant, at(1)).await.unwrap();
    let sku = skus.iter().find(|it| it.sku.id == sku).unwrap();
    (sku.consumed, sku.without_seat)
}

const fn user(number: UserId) -> Assignee {
    Assignee::User(number)
}

pub async fn a_tenant_is_born_with_the_self_hosted_sku<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let skus = store.skus(tenant, at(0)).await.unwrap();
    assert_eq!(skus.len(), 1);
    let born = &skus[0];
    assert_eq!(born.sku.id, SELF_HOSTED.id);
    assert_eq!(born.sku.part_number, SELF_HOSTED.part_number);
    assert_eq!(born.sku.product, SELF_HOSTED.product);
    assert_eq!(born.sku.prepaid, None);
    assert_eq!(born.sku.term, Term::ENDLESS);
    let plans: Vec<ServicePlan> = SELF_HOSTED
        .plans
        .iter()
        .map(|plan| (*plan).into())
        .collect();
    assert_eq!(born.sku.plans, plans);
    assert!(store.any_licence_assigned(tenant, at(0)).await.unwrap());
    let person = cloud_user(&store, tenant, 1).await;
    assert_eq!(
        store.held_licences(tenant, person, at(0)).await.unwrap(),
        [HeldLicence {
            sku: SELF_HOSTED.id,
            sku_name: SELF_HOSTED.part_number.to_owned(),
            via: Via::Everybody,
            plans,
            disabled: vec![],
            state: LicenceState::Enabled,
            seat: Seat::Unlimited,
        }]
    );
}

pub async fn what_was_bought_comes_back<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let bought = NewSku {
        id: SkuId::from_uuid(super::given::uuid(1)),
        part_number: "Own_SKU".to_owned(),
        product: "Our own".to_owned(),
        plans: vec!["Gold=00000000-0000-0000-0000-000000000009".parse().unwrap()],
        prepaid: Some(3),
        term: Term {
            set: SetState::Suspended,
            ends_at: Some(at(100)),
        },
    };
    let record = audit(tenant, "Subscription added");
    assert!(
        store
            .add_sku(tenant, &bought, at(0), &record)
            .await
            .unwrap()
    );
    let before = records(&store, tenant).await;
    let same_name = NewSku {
        id: SkuId::from_uuid(super::given::uuid(2)),
        part_number: "OWN_sku".to_owned(),
        ..bought.clone()
    };
    for again in [&bought, &same_name] {
        assert!(!store.add_sku(tenant, again, at(0), &record).await.unwrap());
    }
    assert_eq!(records(&store, tenant).await, before);
    let skus = store.skus(tenant, at(0)).await.unwrap();
    assert_eq!(skus[0].sku, bought);
    assert_eq!(skus[0].state, LicenceState::Suspended);
    assert_eq!((skus[0].consumed, skus[0].without_seat), (0, 0));
}

pub async fn an_assignment_is_refused_with_its_reason<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let sku = bought(&store, tenant, Some(1)).await;
    let person = cloud_user(&store, tenant, 1).await;
    let before = records(&store, tenant).await;
    let unknown = SkuId::from_uuid(super::given::uuid(9));
    let to = user(person);
    let answer = assign(&store, tenant, unknown, to, at(1)).await;
    assert_eq!(answer, AssignAnswer::NoSku);
    for nobody in [user(user_id(9)), Assignee::Group(cloud_group(9))] {
        let answer = assign(&store, tenant, sku, nobody, at(1)).await;
        assert_eq!(answer, AssignAnswer::NoAssignee);
    }
    let record = audit(tenant, "Change user license");
    let foreign = ServicePlanId::from_uuid(super::given::uuid(9));
    let answer = store
        .assign_licence(tenant, sku, to, &[foreign], at(1), &record)
        .await;
    assert_eq!(answer.unwrap(), AssignAnswer::NoPlan(foreign));
    for (set, state) in [
        (SetState::Suspended, LicenceState::Suspended),
        (SetState::Expired, LicenceState::Expired),
    ] {
        let term = Term { set, ends_at: None };
        assert!(store.set_term(tenant, sku, term, &record).await.unwrap());
        let answer = assign(&store, tenant, sku, to, at(1)).await;
        assert_eq!(answer, AssignAnswer::NotRunning(state));
    }
    assert_eq!(records(&store, tenant).await, before + 2);
    assert_eq!(held(&store, tenant, person, at(1)).await, []);
}

pub async fn disabled_plans_are_the_assignments<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let id = bought(&store, tenant, Some(9)).await;
    let person = cloud_user(&store, tenant, 1).await;
    let plans = sku(None).plans;
    let record = audit(tenant, "Change user license");
    for off in [vec![plans[1].id], vec![plans[0].id], vec![]] {
        store
            .assign_licence(tenant, id, user(person), &off, at(1), &record)
            .await
            .unwrap();
        let held = held(&store, tenant, person, at(1)).await;
        assert_eq!(held.len(), 1);
        let disabled: Vec<_> = held[0].disabled.iter().map(|plan| plan.id).collect();
        assert_eq!(disabled, off);
        assert_eq!(held[0].plans.len(), 2 - off.len());
    }
    assert_eq!(counts(&store, tenant, id).await, (1, 0));
    let all = store.licence_assignments(tenant).await.unwrap();
    assert_eq!(
        (all.len(), all[1].to, all[1].assigned_at),
        (2, user(person), at(1))
    );
}

pub async fn a_licence_works_by_its_state<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    without_self_hosted(&store, tenant).await;
    assert!(!store.any_licence_assigned(tenant, at(0)).await.unwrap());
    let sku = bought(&store, tenant, Some(1)).await;
    assert!(!store.any_licence_assigned(tenant, at(0)).await.unwrap());
    let person = cloud_user(&store, tenant, 1).await;
    assign(&store, tenant, sku, user(person), at(1)).await;
    let ends = Term {
        set: SetState::Enabled,
        ends_at: Some(at(100)),
    };
    let record = audit(tenant, "Subscription changed");
    assert!(store.set_term(tenant, sku, ends, &record).await.unwrap());
    let day = 86_400;
    let until = at(100 + 30 * day);
    for (now, state) in [
        (at(99), LicenceState::Enabled),
        (at(100), LicenceState::Warning { until }),
        (until, LicenceState::Suspended),
        (at(100 + 120 * day), LicenceState::Expired),
    ] {
        assert_eq!(held(&store, tenant, person, now).await[0].state, state);
        let any = store.any_licence_assigned(tenant, now).await.unwrap();
        assert_eq!(any, state.works(), "{state:?}");
    }
    let unknown = SkuId::from_uuid(super::given::uuid(9));
    assert!(
        !store
            .set_term(tenant, unknown, ends, &record)
            .await
            .unwrap()
    );
}

pub async fn what_does_not_matter_here_enables_nothing<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    without_self_hosted(&store, tenant).await;
    let other = NewSku {
        plans: vec!["Gold=00000000-0000-0000-0000-000000000009".parse().unwrap()],
        ..sku(None)
    };
    let record = audit(tenant, "Subscription added");
    store.add_sku(tenant, &other, at(0), &record).await.unwrap();
    assign(&store, tenant, other.id, Assignee::Everybody, at(1)).await;
    assert!(!store.any_licence_assigned(tenant, at(1)).await.unwrap());
}

pub async fn an_assignment_without_the_plans_that_matter_enables_nothing<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    without_self_hosted(&store, tenant).await;
    let sku = bought(&store, tenant, Some(9)).await;
    let all = store.skus(tenant, at(1)).await.unwrap();
    let all = all.iter().find(|it| it.sku.id == sku).unwrap();
    let all: Vec<_> = all.sku.plans.iter().map(|plan| plan.id).collect();
    let person = cloud_user(&store, tenant, 1).await;
    let group = new_group(&store, tenant, 1).await;
    let other = cloud_user(&store, tenant, 2).await;
    put_into(&store, tenant, group, GroupMember::User(other)).await;
    let record = audit(tenant, "Licence assigned");
    let any = async |disabled: &[ServicePlanId], to| {
        let given = store.assign_licence(tenant, sku, to, disabled, at(1), &record);
        assert!(matches!(
            given.await.unwrap(),
            AssignAnswer::Assigned { .. }
        ));
        store.any_licence_assigned(tenant, at(1)).await.unwrap()
    };
    let each = [user(person), Assignee::Group(group), Assignee::Everybody];
    for to in each {
        assert!(!any(&all, to).await, "{to:?}");
    }
    for to in each {
        assert!(any(&[], to).await, "{to:?}");
        assert!(!any(&all, to).await, "{to:?}");
    }
}

pub async fn a_licence_to_an_empty_group_is_nobodys<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    without_self_hosted(&store, tenant).await;
    let sku = bought(&store, tenant, None).await;
    let group = new_group(&store, tenant, 1).await;
    assign(&store, tenant, sku, Assignee::Group(group), at(1)).await;
    assert!(!store.any_licence_assigned(tenant, at(1)).await.unwrap());
    let person = cloud_user(&store, tenant, 1).await;
    put_into(&store, tenant, group, GroupMember::User(person)).await;
    assert!(store.any_licence_assigned(tenant, at(1)).await.unwrap());
}

pub async fn the_last_seat_is_given_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let sku = bought(&store, tenant, Some(3)).await;
    for number in 1..=12 {
        cloud_user(&store, tenant, number).await;
    }
    let answers = at_once(fixture, 12, move |store, turn| async move {
        let person = user_id(u8::try_from(turn + 1).unwrap());
        assign(&*store, tenant, sku, user(person), at(1)).await
    })
    .await;
    let full = AssignAnswer::NoSeat {
        prepaid: 3,
        consumed: 3,
    };
    let refused = answers.iter().filter(|answer| **answer == full).count();
    assert_eq!(refused, 9, "{answers:?}");
    assert_eq!(counts(&store, tenant, sku).await, (3, 0));
    assert_eq!(store.licence_assignments(tenant).await.unwrap().len(), 4);
}

pub async fn a_person_takes_one_seat_by_many_assignments<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let sku = bought(&store, tenant, Some(1)).await;
    let person = cloud_user(&store, tenant, 1).await;
    let group = new_group(&store, tenant, 1).await;
    put_into(&store, tenant, group, GroupMember::User(person)).await;
    for to in [user(person), Assignee::Group(group), Assignee::Everybody] {
        let answer = assign(&store, tenant, sku, to, at(1)).await;
        assert_eq!(answer, AssignAnswer::Assigned { without_seat: 0 });
    }
    assert_eq!(counts(&store, tenant, sku).await, (1, 0));
    let held = held(&store, tenant, person, at(1)).await;
    let via: Vec<_> = held.into_iter().map(|licence| licence.via).collect();
    let by_group = Via::Group(group, "Cloud1".to_owned());
    assert_eq!(via, [Via::Direct, by_group, Via::Everybody]);
    // The seat stays until the last assignment goes.
    for (from, taken) in [
        (Assignee::Everybody, 1),
        (user(person), 1),
        (Assignee::Group(group), 0),
    ] {
        assert!(unassign(&store, tenant, sku, from).await);
        assert!(!unassign(&store, tenant, sku, from).await);
        assert_eq!(counts(&store, tenant, sku).await, (taken, 0));
    }
}

pub async fn members_beyond_the_seats_wait_in_order<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let sku = bought(&store, tenant, Some(2)).await;
    let group = new_group(&store, tenant, 1).await;
    for number in [4, 2, 3, 1] {
        let person = cloud_user(&store, tenant, number).await;
        put_into(&store, tenant, group, GroupMember::User(person)).await;
    }
    let answer = assign(&store, tenant, sku, Assignee::Group(group), at(1)).await;
    assert_eq!(answer, AssignAnswer::Assigned { without_seat: 2 });
    let seats = async || {
        let mut seats = Vec::new();
        for number in 1..=4 {
            seats.push(seat(&store, tenant, user_id(number), at(1)).await);
        }
        seats
    };
    let (yes, no) = (Some(Seat::Held), Some(Seat::Missing));
    assert_eq!(seats().await, [yes, yes, no, no]);
    let waiting = store.without_seat(tenant, sku, 9).await.unwrap();
    assert_eq!(waiting, [user_id(3), user_id(4)]);
    assert_eq!(counts(&store, tenant, sku).await, (2, 2));
    // A seat that gets free goes to the first who waits.
    take_out(&store, tenant, group, GroupMember::User(user_id(1))).await;
    assert_eq!(seats().await, [None, yes, yes, no]);
    // Whoever is assigned one of their own and finds none free is told so, also by a trial.
    let own = user(user_id(4));
    let tried = store.try_assign_licence(tenant, sku, own, &[], at(1)).await;
    assert_eq!(
        tried.unwrap(),
        AssignAnswer::NoSeat {
            prepaid: 2,
            consumed: 2
        }
    );
    let all = Assignee::Everybody;
    let tried = store.try_assign_licence(tenant, sku, all, &[], at(1)).await;
    assert_eq!(tried.unwrap(), AssignAnswer::Assigned { without_seat: 2 });
    assert_eq!(counts(&store, tenant, sku).await, (2, 1));
    let answer = assign(&store, tenant, sku, user(user_id(4)), at(1)).await;
    let full = AssignAnswer::NoSeat {
        prepaid: 2,
        consumed: 2,
    };
    assert_eq!(answer, full);
    // More seats are given at once.
    let record = audit(tenant, "Subscription changed");
    let more = store.set_seats(tenant, sku, Some(3), at(1), &record).await;
    assert_eq!(more.unwrap(), Some(Lowered::Enough));
    assert_eq!(seats().await, [None, yes, yes, yes]);
}

pub async fn fewer_seats_have_a_grace<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let sku = bought(&store, tenant, Some(3)).await;
    for number in 1..=4 {
        let person = cloud_user(&store, tenant, number).await;
        assign(&store, tenant, sku, user(person), at(i64::from(number))).await;
    }
    let record = audit(tenant, "Subscription changed");
    let lower = async |prepaid, now| {
        let answer = store.set_seats(tenant, sku, prepaid, now, &record).await;
        answer.unwrap().unwrap()
    };
    let until = at(10) + SignedDuration::from_hours(30 * 24);
    let surplus = |seats| Lowered::Surplus { seats, until };
    assert_eq!(lower(Some(2), at(10)).await, surplus(1));
    // It is not prolonged by lowering again.
    assert_eq!(lower(Some(1), at(20)).await, surplus(2));
    let answer = assign(&store, tenant, sku, user(user_id(4)), at(30)).await;
    let full = AssignAnswer::NoSeat {
        prepaid: 1,
        consumed: 3,
    };
    assert_eq!(answer, full);
    let seats = async |now| {
        let mut seats = Vec::new();
        for number in 1..=3 {
            seats.push(seat(&store, tenant, user_id(number), now).await.unwrap());
        }
        seats
    };
    let grace = Seat::Surplus { until };
    assert_eq!(seats(at(30)).await, [Seat::Held, grace, grace]);
    // Over at its time, before anything is settled and after.
    let over = [Seat::Held, Seat::Missing, Seat::Missing];
    assert_eq!(seats(until).await, over);
    let settled = store.settle_seats(tenant, until, &record).await.unwrap();
    assert_eq!(settled, 2);
    assert_eq!(store.settle_seats(tenant, until, &record).await.unwrap(), 0);
    assert_eq!(seats(until).await, over);
    assert_eq!(counts(&store, tenant, sku).await, (1, 2));
    // Without limit everybody has one.
    assert_eq!(lower(None, until).await, Lowered::Enough);
    assert_eq!(seats(until).await, [Seat::Unlimited; 3]);
    // With a limit again, the same grace.
    let again = until + SignedDuration::from_hours(30 * 24);
    let lowered = lower(Some(1), until).await;
    assert_eq!(
        lowered,
        Lowered::Surplus {
            seats: 2,
            until: again
        }
    );
    let unknown = SkuId::from_uuid(super::given::uuid(9));
    let nothing = store.set_seats(tenant, unknown, None, at(1), &record).await;
    assert_eq!(nothing.unwrap(), None);
}

pub async fn whoever_leaves_a_group_loses_its_licence_at_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let sku = bought(&store, tenant, Some(1)).await;
    let (outer, inner) = (
        new_group(&store, tenant, 1).await,
        new_group(&store, tenant, 2).await,
    );
    let person = cloud_user(&store, tenant, 1).await;
    put_into(&store, tenant, outer, GroupMember::Group(inner)).await;
    put_into(&store, tenant, inner, GroupMember::User(person)).await;
    assign(&store, tenant, sku, Assignee::Group(outer), at(1)).await;
    assert_eq!(seat(&store, tenant, person, at(1)).await, Some(Seat::Held));
    take_out(&store, tenant, outer, GroupMember::Group(inner)).await;
    assert_eq!(seat(&store, tenant, person, at(1)).await, None);
    put_into(&store, tenant, outer, GroupMember::Group(inner)).await;
    assert_eq!(seat(&store, tenant, person, at(1)).await, Some(Seat::Held));
    let record = audit(tenant, "Delete group");
    store
        .delete_group(tenant, outer, at(1), &record)
        .await
        .unwrap();
    assert_eq!(seat(&store, tenant, person, at(1)).await, None);
    assert_eq!(counts(&store, tenant, sku).await, (0, 0));
}

/// One thing that is done to licences, by numbers.
type Step = (u8, u8, u8);

/// Does it. All numbers mean something.
async fn take_step(store: &impl Store, tenant: TenantId, sku: SkuId, (what, whom, count): Step) {
    let person = user_id(1 + whom % 6);
    let group = cloud_group(u128::from(1 + count % 2));
    let to = match whom % 3 {
        0 => Assignee::Group(group),
        1 => user(person),
        _ if count == 0 => Assignee::Everybody,
        _ => user(person),
    };
    let record = audit(tenant, "Change user license");
    let now = at(i64::from(count));
    match what % 8 {
        0 | 1 => drop(assign(store, tenant, sku, to, now).await),
        2 => drop(unassign(store, tenant, sku, to).await),
        3 => drop(put_into(store, tenant, group, GroupMember::User(person)).await),
        4 => drop(take_out(store, tenant, group, GroupMember::User(person)).await),
        5 => {
            let other = GroupMember::Group(cloud_group(u128::from(1 + whom % 2)));
            put_into(store, tenant, group, other).await;
        }
        6 => {
            let prepaid = Some(u64::from(count % 5)).filter(|_| count < 9);
            store
                .set_seats(tenant, sku, prepaid, now, &record)
                .await
                .unwrap();
        }
        _ => {
            let over = at(i64::from(count)) + SignedDuration::from_hours(30 * 24);
            store.settle_seats(tenant, over, &record).await.unwrap();
        }
    }
}

/// No more people may use it than there are seats, but for those with a grace; nobody waits
/// while a seat is free; nobody has a seat that they are not assigned.
async fn no_seat_too_many(store: &impl Store, tenant: TenantId, sku: SkuId) {
    let skus = store.skus(tenant, at(1)).await.unwrap();
    let bought = skus.iter().find(|it| it.sku.id == sku).unwrap();
    let Some(prepaid) = bought.sku.prepaid else {
        return;
    };
    let over = at(100) + SignedDuration::from_hours(30 * 24);
    let (mut using, mut after_grace) = (0, 0);
    for number in 1..=6 {
        let works = async |now| {
            let held = held(store, tenant, user_id(number), now).await;
            u64::from(held.iter().any(|licence| licence.seat.works()))
        };
        using += works(at(100)).await;
        after_grace += works(over).await;
    }
    assert!(after_grace <= prepaid, "{after_grace} of {prepaid}");
    assert_eq!(using, bought.consumed);
    if bought.surplus_until.is_none() {
        assert!(bought.consumed <= prepaid, "{bought:?}");
    }
    if bought.consumed < prepaid {
        assert_eq!(bought.without_seat, 0, "{bought:?}");
    }
}

async fn with_people_and_groups(store: &impl Store, tenant: TenantId) -> SkuId {
    let sku = bought(store, tenant, Some(2)).await;
    for number in 1..=6 {
        cloud_user(store, tenant, number).await;
    }
    for number in [1, 2] {
        new_group(store, tenant, number).await;
    }
    sku
}

pub async fn no_sequence_gives_a_seat_too_many<F: Fixture>(fixture: &F) {
    let store = fixture.open().await;
    let steps = proptest::collection::vec((0..8_u8, 0..18_u8, 0..12_u8), 1..24);
    let mut runner = TestRunner::deterministic();
    for number in 1..=48 {
        let tenant = super::given::tenant(&store, number).await;
        let sku = with_people_and_groups(&store, tenant).await;
        let steps = steps.new_tree(&mut runner).unwrap().current();
        for (done, step) in steps.iter().enumerate() {
            take_step(&store, tenant, sku, *step).await;
            if done % 3 == 0 {
                no_seat_too_many(&store, tenant, sku).await;
            }
        }
        no_seat_too_many(&store, tenant, sku).await;
    }
}

pub async fn many_at_once_give_no_seat_too_many<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let sku = with_people_and_groups(&store, tenant).await;
    at_once(fixture, 120, move |store, turn| async move {
        let turn = u8::try_from(turn).unwrap();
        // Every step with other numbers, in an order that the machine makes.
        let step = (
            turn % 8,
            turn.wrapping_mul(7) % 18,
            turn.wrapping_mul(11) % 12,
        );
        take_step(&*store, tenant, sku, step).await;
    })
    .await;
    no_seat_too_many(&store, tenant, sku).await;
}
