//! Whoever calls the API.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON that has no such member is null, and fails the test"
)]

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use writeback_cloud::{NewPerson, hash_password};
use writeback_model::{Role, Secret, TenantId, UserId};
use writeback_store::UserStore;

use crate::{
    setting::{Chance, Setting},
    tenants::{code, mails},
};

pub const PASSWORD: &str = "kopi-hujan-bukit 26";

/// What a call came to.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// The name of the refusal.
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

/// Somebody with a token, or without one.
pub struct Caller<'a> {
    pub setting: &'a Setting,
    pub token: String,
}

impl<'a> Caller<'a> {
    pub const fn nobody(setting: &'a Setting) -> Self {
        Self {
            setting,
            token: String::new(),
        }
    }

    /// Somebody of the cloud alone with that role, signed in.
    pub async fn with_role(
        setting: &'a Setting,
        tenant: TenantId,
        name: &str,
        role: Role,
    ) -> (Self, UserId) {
        let id = person(setting, tenant, name, false).await;
        let admin = setting.admin_of(tenant);
        let user = setting.store.user(tenant, id).await.unwrap().unwrap();
        admin.grant_role(&user, role, "the test").await.unwrap();
        (Self::signed_in(setting, tenant, name).await, id)
    }

    /// A global administrator of the cloud.
    pub async fn chief(setting: &'a Setting, tenant: TenantId) -> (Self, UserId) {
        let role = Role::GlobalAdministrator;
        Self::with_role(setting, tenant, "chief@example.test", role).await
    }

    pub async fn signed_in(setting: &'a Setting, tenant: TenantId, name: &str) -> Self {
        let answer = sign_in(setting, tenant, name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        Self {
            setting,
            token: answer.body["token"].as_str().unwrap().to_owned(),
        }
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let url = self.setting.at(&format!("/api/v1{path}"));
        let mut call = self.setting.http.request(method, url);
        if !self.token.is_empty() {
            call = call.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            call = call.json(body);
        }
        let answer = call.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(&body)).await
    }

    pub async fn put(&self, path: &str) -> Answer {
        self.call(Method::PUT, path, None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// Shows the code of the mail.
    pub async fn shows_second_factor(&self) {
        let before = mails(self.setting);
        let answer = self.post("/me/second-factor", json!({})).await;
        assert_eq!(answer.body["sent_to"], 1, "{answer:?}");
        let code = code(self.setting, before + 1).await;
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        let body = json!({ "code": spaced });
        let answer = self.post("/me/second-factor/verify", body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    }
}

/// Somebody of the cloud alone, with a password.
pub async fn person(setting: &Setting, tenant: TenantId, name: &str, must_change: bool) -> UserId {
    let admin = setting.admin_of(tenant);
    let new = NewPerson {
        name: name.to_owned(),
        display_name: None,
        mail: None,
        other_mail: vec![format!("{}@elsewhere.test", name.replace('@', "-"))],
        is_administrator: false,
    };
    let id = admin.create_user(new).await.unwrap();
    let user = setting.store.user(tenant, id).await.unwrap().unwrap();
    let password = Secret::new(PASSWORD.to_owned());
    let watched = admin.check_user_password(&user, &password).await.unwrap();
    let hash = hash_password(&password, &Chance).unwrap();
    admin
        .set_user_password(&user, hash, must_change, watched, "the test")
        .await
        .unwrap();
    id
}

pub async fn sign_in(setting: &Setting, tenant: TenantId, name: &str, password: &str) -> Answer {
    let body = json!({ "name": name, "password": password, "tenant": tenant });
    Caller::nobody(setting).post("/sign-in", body).await
}
