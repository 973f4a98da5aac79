//! Enrolling, and buying access tokens.

use jiff::SignedDuration;

use crate::setting::Setting;

#[tokio::test]
async fn an_enrolment_token_is_good_once_and_for_an_hour() {
    let setting = Setting::new().await;
    let (token, _) = setting.admin().create_enrolment().await.unwrap();
    assert_eq!(
        setting.enrol(&token).await.unwrap().tenant,
        setting.tenant.id
    );
    assert_eq!(
        setting.enrol(&token).await.err().unwrap().error,
        "enrolment-token-used"
    );

    let (token, _) = setting.admin().create_enrolment().await.unwrap();
    setting.clock.advance(SignedDuration::from_mins(61));
    assert_eq!(
        setting.enrol(&token).await.err().unwrap().error,
        "enrolment-token-expired"
    );

    for bad in ["", "wbenrol.x.y", &format!("{token}x")] {
        let error = setting.enrol(bad).await.err().unwrap();
        assert_eq!(error.error, "enrolment-token-unknown", "{bad:?}");
        assert!(
            error
                .description
                .contains("writeback admin enrolment create")
        );
    }
}

#[tokio::test]
async fn an_assertion_is_good_once_here_and_now() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    let now = |seconds: i64| {
        use writeback_model::Clock;
        setting.clock.now().as_second() + seconds
    };
    let good = setting.assertion(&agent, |_| {});
    setting.buy_token(&good).await.unwrap();
    for (assertion, words) in [
        (good.clone(), "used before"),
        ("no.token.this".to_owned(), "no JSON web token"),
        (
            setting.assertion(&agent, |c| c["exp"] = now(-3600).into()),
            "expired",
        ),
        (
            setting.assertion(&agent, |c| c["exp"] = now(3600).into()),
            "too long",
        ),
        (
            setting.assertion(&agent, |c| {
                c["aud"] = "https://other.example/agent/v1/token".into()
            }),
            "another address",
        ),
        (
            setting.assertion(&agent, |c| c["sub"] = uuid::Uuid::nil().to_string().into()),
            "not enrolled",
        ),
        (tampered(&good), "signature"),
    ] {
        let error = setting.buy_token(&assertion).await.unwrap_err();
        assert_eq!(error.error, "invalid_client");
        assert!(
            error.description.contains(words),
            "{words}: {}",
            error.description
        );
    }
}

#[tokio::test]
async fn a_revoked_agent_buys_nothing() {
    let setting = Setting::new().await;
    let agent = setting.agent().await;
    setting.admin().revoke_agent(agent.id).await.unwrap();
    let error = setting
        .buy_token(&setting.assertion(&agent, |_| {}))
        .await
        .unwrap_err();
    assert!(
        error.description.contains("revoked"),
        "{}",
        error.description
    );
}

/// The token with another signature: turned around, which no signature survives.
fn tampered(token: &str) -> String {
    let (rest, signature) = token.rsplit_once('.').unwrap();
    // All but the last character, which has bits that mean nothing and must stay zero.
    let (turned, last) = signature.split_at(signature.len() - 1);
    let turned: String = turned.chars().rev().collect();
    format!("{rest}.{turned}{last}")
}
