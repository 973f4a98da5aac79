//! Ways through the portal.

use writeback_model::{RequestId, UserId};

use super::{
    Fixture,
    given::{
        at, at_once, audit, kept_session, open_session, records, request, session, tenant, token,
        uuid, with_tenant,
    },
};
use crate::{
    AuditStore, CodeAnswer, NewRequest, RequestStore, ResetSession, SessionStore, Store, TokenHash,
};

/// The code that sessions have.
const RIGHT: TokenHash = TokenHash([99; 32]);
/// One that they have not.
const WRONG: TokenHash = TokenHash([98; 32]);
const DAY: i64 = 86_400;

async fn by_cookie(store: &impl Store, session: &ResetSession) -> ResetSession {
    store
        .session_by_cookie(session.cookie, at(1))
        .await
        .unwrap()
        .unwrap()
}

async fn try_code(
    store: &impl Store,
    session: &ResetSession,
    code: TokenHash,
    second: i64,
) -> CodeAnswer {
    let record = audit(session.tenant, "Code tried");
    store
        .try_code(session.tenant, session.id, code, at(second), &record)
        .await
        .unwrap()
}

pub async fn a_session_is_found_by_its_cookie_until_it_ends<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = kept_session(&store, tenant, 3).await;
    for (second, found) in [(0, true), (599, true), (600, false), (601, false)] {
        let answer = store
            .session_by_cookie(session.cookie, at(second))
            .await
            .unwrap();
        assert_eq!(answer, found.then(|| session.clone()), "{second}");
    }
    assert_eq!(
        store.session_by_cookie(token(77), at(1)).await.unwrap(),
        None
    );
}

pub async fn a_session_of_nobody_is_kept_too<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let nobody = ResetSession {
        user: None,
        code: None,
        typed_name: "'; DROP TABLE sessions; -- ☃".to_owned(),
        ..session(tenant, 3)
    };
    store
        .add_session(&nobody, &audit(tenant, "Session began"))
        .await
        .unwrap();
    assert_eq!(by_cookie(&store, &nobody).await, nobody);
}

pub async fn what_expired_long_ago_is_forgotten<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let old = kept_session(&store, tenant, 3).await;
    for (number, second, kept) in [(4, 600 + DAY, true), (5, 601 + DAY, false)] {
        let later = ResetSession {
            created_at: at(second),
            ..session(tenant, number)
        };
        let later = ResetSession {
            expires_at: at(second + 600),
            ..later
        };
        store
            .add_session(&later, &audit(tenant, "Session began"))
            .await
            .unwrap();
        let answer = store.session_by_cookie(old.cookie, at(1)).await.unwrap();
        assert_eq!(answer.is_some(), kept, "{second}");
    }
}

pub async fn the_right_code_opens_the_gate_and_is_spent<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = kept_session(&store, tenant, 3).await;
    assert_eq!(
        try_code(&store, &session, WRONG, 2).await,
        CodeAnswer::Wrong { tries_left: 4 }
    );
    assert_eq!(
        try_code(&store, &session, RIGHT, 299).await,
        CodeAnswer::Right
    );
    let open = by_cookie(&store, &session).await;
    assert_eq!((open.verified_at, open.code), (Some(at(299)), None));
    assert_eq!(
        try_code(&store, &session, RIGHT, 299).await,
        CodeAnswer::Wrong { tries_left: 2 }
    );
    assert_eq!(
        by_cookie(&store, &session).await.verified_at,
        Some(at(299)),
        "it stays open"
    );
}

pub async fn a_wrong_code_takes_a_try<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = kept_session(&store, tenant, 3).await;
    for tries_left in (0..5).rev() {
        let answer = try_code(&store, &session, WRONG, 1).await;
        assert_eq!(answer, CodeAnswer::Wrong { tries_left });
        assert_eq!(by_cookie(&store, &session).await.tries_left, tries_left);
    }
    for code in [WRONG, RIGHT] {
        assert_eq!(
            try_code(&store, &session, code, 1).await,
            CodeAnswer::Exhausted
        );
    }
    assert_eq!(by_cookie(&store, &session).await.verified_at, None);
}

pub async fn an_expired_code_takes_none<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = kept_session(&store, tenant, 3).await;
    for second in [300, 301, 600, 9999] {
        for code in [WRONG, RIGHT] {
            assert_eq!(
                try_code(&store, &session, code, second).await,
                CodeAnswer::Expired
            );
        }
    }
    assert_eq!(by_cookie(&store, &session).await, session);
    // A session that never was answers as one that is over; a code that outlives its session
    // does not help.
    let never = ResetSession {
        id: uuid(77),
        ..session.clone()
    };
    assert_eq!(
        try_code(&store, &never, RIGHT, 1).await,
        CodeAnswer::Expired
    );
    store
        .replace_code(
            session.tenant,
            session.id,
            Some(RIGHT),
            at(9999),
            &audit(session.tenant, "Code"),
        )
        .await
        .unwrap();
    assert_eq!(
        try_code(&store, &session, RIGHT, 600).await,
        CodeAnswer::Expired
    );
    assert_eq!(by_cookie(&store, &session).await.verified_at, None);
}

pub async fn a_session_without_a_code_answers_as_with_another<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let with = kept_session(&store, tenant, 3).await;
    let without = ResetSession {
        code: None,
        user: None,
        ..session(tenant, 4)
    };
    store
        .add_session(&without, &audit(tenant, "Session began"))
        .await
        .unwrap();
    for second in [1, 2, 300, 3, 4, 5, 6, 300, 600] {
        let answers = [
            try_code(&store, &with, WRONG, second).await,
            try_code(&store, &without, WRONG, second).await,
        ];
        assert_eq!(answers[0], answers[1], "{second}");
    }
}

pub async fn a_new_code_brings_no_new_tries<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = kept_session(&store, tenant, 3).await;
    for _ in 0..3 {
        try_code(&store, &session, WRONG, 1).await;
    }
    store
        .replace_code(
            session.tenant,
            session.id,
            Some(WRONG),
            at(500),
            &audit(session.tenant, "Code"),
        )
        .await
        .unwrap();
    let renewed = by_cookie(&store, &session).await;
    assert_eq!(renewed.tries_left, 2);
    assert_eq!(
        (renewed.code, renewed.code_expires_at),
        (Some(WRONG), at(500))
    );
    assert_eq!(
        try_code(&store, &session, RIGHT, 400).await,
        CodeAnswer::Wrong { tries_left: 1 }
    );
    assert_eq!(
        try_code(&store, &session, WRONG, 400).await,
        CodeAnswer::Right
    );
    store
        .replace_code(
            session.tenant,
            session.id,
            None,
            at(550),
            &audit(session.tenant, "Code"),
        )
        .await
        .unwrap();
    let after = by_cookie(&store, &session).await;
    assert_eq!(
        (after.code, after.tries_left, after.verified_at),
        (None, 0, Some(at(400)))
    );
    store
        .replace_code(
            session.tenant,
            session.id,
            Some(RIGHT),
            at(550),
            &audit(session.tenant, "Code"),
        )
        .await
        .unwrap();
    assert_eq!(
        try_code(&store, &session, RIGHT, 400).await,
        CodeAnswer::Exhausted
    );
}

pub async fn codes_tried_at_once_count_as_well<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = kept_session(&store, tenant, 3).await;
    let tried = session.clone();
    let answers = at_once(fixture, 32, move |store, _| {
        let session = tried.clone();
        async move { try_code(&*store, &session, WRONG, 1).await }
    })
    .await;
    let mut left: Vec<u8> = answers
        .iter()
        .filter_map(|answer| match answer {
            CodeAnswer::Wrong { tries_left } => Some(*tries_left),
            _ => None,
        })
        .collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
    assert!(
        answers
            .iter()
            .all(|answer| { matches!(answer, CodeAnswer::Wrong { .. } | CodeAnswer::Exhausted) })
    );
    assert_eq!(by_cookie(&store, &session).await.tries_left, 0);
}

pub async fn a_right_code_tried_many_times_at_once_is_right_once<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = kept_session(&store, tenant, 3).await;
    let answers = at_once(fixture, 16, move |store, _| {
        let session = session.clone();
        async move { try_code(&*store, &session, RIGHT, 1).await }
    })
    .await;
    assert_eq!(
        answers
            .iter()
            .filter(|answer| **answer == CodeAnswer::Right)
            .count(),
        1
    );
}

pub async fn a_tried_code_keeps_its_record<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let two_tries = ResetSession {
        tries_left: 2,
        ..session(tenant, 3)
    };
    store
        .add_session(&two_tries, &audit(tenant, "Session began"))
        .await
        .unwrap();
    let before = records(&store, tenant).await;
    for (code, second, more, result) in [
        (RIGHT, 300, 1, "failure"),
        (WRONG, 1, 2, "failure"),
        (RIGHT, 2, 3, "success"),
        (RIGHT, 3, 4, "failure"),
    ] {
        try_code(&store, &two_tries, code, second).await;
        assert_eq!(records(&store, tenant).await, before + more);
        let lines = store.last_audit_lines(tenant, 1).await.unwrap();
        let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(
            (&line["result"], &line["activity"]),
            (&result.into(), &"Code tried".into())
        );
    }
    // Another code is a record of a session that is there.
    for (session, more) in [(two_tries.id, 5), (uuid(77), 5)] {
        let record = audit(tenant, "Code");
        let replaced = store.replace_code(tenant, session, Some(RIGHT), at(300), &record);
        replaced.await.unwrap();
        assert_eq!(records(&store, tenant).await, before + more);
    }
}

async fn ask(
    store: &impl Store,
    session: &ResetSession,
    last: Option<RequestId>,
    request: &NewRequest,
) -> bool {
    let record = audit(session.tenant, "Request made");
    store
        .add_session_request(session.id, last, request, &record)
        .await
        .unwrap()
}

/// Nothing came of it.
async fn is_not_there(store: &impl Store, request: &NewRequest) {
    assert_eq!(
        store.request(request.tenant, request.id).await.unwrap(),
        None
    );
}

pub async fn a_request_needs_an_open_gate<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = kept_session(&store, tenant, 3).await;
    let request = request(tenant, 10);
    let before = records(&store, tenant).await;
    assert!(!ask(&store, &session, None, &request).await);
    is_not_there(&store, &request).await;
    assert_eq!(records(&store, tenant).await, before);
    assert_eq!(
        try_code(&store, &session, RIGHT, 1).await,
        CodeAnswer::Right
    );
    assert!(ask(&store, &session, None, &request).await);
    assert_eq!(records(&store, tenant).await, before + 2);
    assert_eq!(by_cookie(&store, &session).await.request, Some(request.id));
    let kept = store.request(tenant, request.id).await.unwrap().unwrap();
    assert_eq!(kept.asked, request);
}

pub async fn a_request_needs_an_unexpired_session<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = open_session(&store, tenant, 3).await;
    let made_at = |second| NewRequest {
        created_at: at(second),
        ..request(tenant, 10)
    };
    assert!(!ask(&store, &session, None, &made_at(600)).await);
    is_not_there(&store, &made_at(600)).await;
    assert!(ask(&store, &session, None, &made_at(599)).await);
    let never = ResetSession {
        id: uuid(77),
        ..session
    };
    let other = request(tenant, 11);
    assert!(!ask(&store, &never, None, &other).await);
    is_not_there(&store, &other).await;
}

pub async fn a_request_is_the_sessions_own_tenants_and_users<F: Fixture>(fixture: &F) {
    let (store, mine) = with_tenant(fixture).await;
    let other = tenant(&store, 2).await;
    let session = open_session(&store, mine, 3).await;
    let nobodys = ResetSession {
        user: None,
        verified_at: Some(at(1)),
        ..super::given::session(mine, 4)
    };
    store
        .add_session(&nobodys, &audit(mine, "Session began"))
        .await
        .unwrap();
    let of_another_user = NewRequest {
        user: UserId::from_uuid(uuid(501)),
        ..request(mine, 10)
    };
    for (session, request) in [
        (&session, request(other, 10)),
        (&session, of_another_user),
        (&nobodys, request(mine, 10)),
    ] {
        assert!(!ask(&store, session, None, &request).await);
        is_not_there(&store, &request).await;
    }
}

pub async fn a_form_sent_twice_makes_one_request<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = open_session(&store, tenant, 3).await;
    let (first, second, third) = (
        request(tenant, 10),
        request(tenant, 11),
        request(tenant, 12),
    );
    assert!(ask(&store, &session, None, &first).await);
    assert!(!ask(&store, &session, None, &first).await);
    assert!(!ask(&store, &session, None, &second).await);
    is_not_there(&store, &second).await;
    // Another password after the first was refused: it says which request it follows.
    assert!(ask(&store, &session, Some(first.id), &second).await);
    assert!(!ask(&store, &session, Some(first.id), &third).await);
    is_not_there(&store, &third).await;
    assert_eq!(by_cookie(&store, &session).await.request, Some(second.id));
}

pub async fn a_form_sent_many_times_at_once_makes_one_request<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let session = open_session(&store, tenant, 3).await;
    let asked = session.clone();
    let answers = at_once(fixture, 16, move |store, turn| {
        let session = asked.clone();
        async move {
            ask(
                &*store,
                &session,
                None,
                &request(tenant, 10 + u128::from(turn)),
            )
            .await
        }
    })
    .await;
    assert_eq!(answers.iter().filter(|made| **made).count(), 1);
    assert_eq!(store.overdue_requests(at(9999)).await.unwrap().len(), 1);
    let made = store
        .overdue_requests(at(9999))
        .await
        .unwrap()
        .remove(0)
        .asked
        .id;
    assert_eq!(by_cookie(&store, &session).await.request, Some(made));
}

pub async fn an_ended_session_is_gone<F: Fixture>(fixture: &F) {
    let (store, tenant) = with_tenant(fixture).await;
    let (ended, other) = (
        open_session(&store, tenant, 3).await,
        kept_session(&store, tenant, 4).await,
    );
    let request = request(tenant, 10);
    assert!(ask(&store, &ended, None, &request).await);
    store.end_session(ended.tenant, ended.id).await.unwrap();
    store.end_session(ended.tenant, ended.id).await.unwrap();
    assert_eq!(
        store.session_by_cookie(ended.cookie, at(1)).await.unwrap(),
        None
    );
    assert_eq!(by_cookie(&store, &other).await, other);
    assert!(
        store.request(tenant, request.id).await.unwrap().is_some(),
        "its request goes on"
    );
}
