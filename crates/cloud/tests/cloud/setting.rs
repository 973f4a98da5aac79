//! A running cloud.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{SinkExt, StreamExt};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};
use tokio_util::sync::CancellationToken;
use writeback_cloud::{Admin, CloudConfig};
use writeback_model::{Clock, DomainName, Entropy, RunId, SourceAnchor, TenantId, UserId};
use writeback_store::{
    Actor, AuditRecord, BatchAnswer, CompleteAnswer, ConnectorStore, ForestStore, Run, RunEnd,
    RunStore, SyncStore, Tenant, TenantStore, Which,
};
use writeback_store_sqlite::SqliteStore;
use writeback_sync::{Candidates, Counts, Profile, Rules, RunResult, decide};
use writeback_wire::{
    ForestHealth, ForestStatus, Hello, LinkTicket, PROTOCOL_VERSION, SUBPROTOCOL, ServedDomain,
    ToAgent, ToCloud,
    http::{
        ApiError, EnrolResponse, ImportBatch, ImportComplete, ImportedKind, ImportedObject,
        TokenResponse,
    },
};

/// A clock that stands until it is moved.
#[derive(Default)]
pub struct ManualClock(Mutex<SignedDuration>);

impl ManualClock {
    pub fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_790_000_000).unwrap() + *self.0.lock().unwrap()
    }
}

/// Real chance.
pub struct Chance;

impl Entropy for Chance {
    fn fill(&self, buffer: &mut [u8]) {
        aws_lc_rs::rand::fill(buffer).unwrap();
    }
}

pub struct Setting {
    pub url: String,
    pub store: SqliteStore,
    pub clock: Arc<ManualClock>,
    pub tenant: Tenant,
    pub http: reqwest::Client,
    pub mail: PathBuf,
    stop: CancellationToken,
    _dir: TempDir,
}

impl Drop for Setting {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Setting {
    pub async fn new() -> Self {
        Self::with("").await
    }

    /// One whose configuration begins with further lines.
    pub async fn with(lines: &str) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let url = format!("http://localhost:{port}");
        let mail = dir.path().join("mail");
        let config = dir.path().join("cloud.toml");
        let text = format!(
            "{lines}public_url = \"{url}\"\ndatabase = \"{db}\"\n[[listen]]\naddress = \"127.0.0.1:{port}\"\n\
             [mail]\nfrom = \"a@b.test\"\nfolder = \"{mail}\"\n",
            db = dir.path().join("cloud.db").display(),
            mail = mail.display(),
        );
        std::fs::write(&config, text).unwrap();
        let config = CloudConfig::load(&config).unwrap();
        let store = SqliteStore::open(&config.database).await.unwrap();
        let clock = Arc::new(ManualClock::default());
        let admin = Admin {
            store: &store,
            clock: &*clock,
            entropy: &Chance,
            wanted_tenant: None,
            actor: Actor::Operator,
        };
        let tenant = admin.init("Cloud & Test").await.unwrap();
        let stop = CancellationToken::new();
        let run = writeback_cloud::run(
            config,
            Arc::new(store.clone()),
            Arc::<ManualClock>::clone(&clock),
            Arc::new(Chance),
            stop.clone(),
        );
        tokio::spawn(async move { run.await.unwrap() });
        let http = reqwest::Client::builder()
            .no_proxy()
            .cookie_store(true)
            .build()
            .unwrap();
        let setting = Self {
            url,
            store,
            clock,
            tenant,
            http,
            mail,
            stop,
            _dir: dir,
        };
        for _ in 0..200 {
            if setting.http.get(setting.at("/health")).send().await.is_ok() {
                return setting;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the cloud does not listen");
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub fn admin(&self) -> Admin<'_> {
        Admin {
            store: &self.store,
            clock: &*self.clock,
            entropy: &Chance,
            wanted_tenant: Some(self.tenant.id.to_string()),
            actor: Actor::Operator,
        }
    }

    /// An operator at work on another tenant.
    pub fn admin_of(&self, tenant: TenantId) -> Admin<'_> {
        Admin {
            wanted_tenant: Some(tenant.to_string()),
            actor: Actor::Operator,
            ..self.admin()
        }
    }

    /// A second tenant, which the tests try to reach from the first.
    pub async fn other_tenant(&self) -> TenantId {
        let id = TenantId::new(&self.clock, &Chance);
        let tenant = Tenant {
            id,
            name: "Other".into(),
            created_at: self.clock.now(),
            disabled_at: None,
        };
        self.store
            .add_tenant(&tenant, &record(id, self.clock.now()))
            .await
            .unwrap();
        id
    }

    /// A user of `corp.test` in a tenant, imported and synchronised.
    pub async fn add_user(&self, tenant: TenantId, agent: &Agent, name: &str) -> UserId {
        let forest: DomainName = "corp.test".parse().unwrap();
        let now = self.clock.now();
        let store = &self.store;
        store
            .report_forest(tenant, &forest, &[served()])
            .await
            .unwrap();
        let import = self.begin(tenant, agent, Profile::FullImport).await;
        let mut anchor = [0_u8; 16];
        Chance.fill(&mut anchor);
        let batch = ImportBatch {
            sequence: 0,
            objects: vec![imported(
                SourceAnchor::try_from_bytes(&anchor).unwrap(),
                name,
            )],
            removed: vec![],
            position: None,
        };
        let answer = store.put_batch(tenant, import, agent.id, &batch, now).await;
        assert_eq!(answer.unwrap(), BatchAnswer::Kept);
        let complete = ImportComplete {
            batches: 1,
            objects: 1,
            controllers: vec![],
            sees_deletions: true,
            scope: SCOPE.into(),
        };
        let audit = record(tenant, now);
        let answer = store
            .complete_import(tenant, import, agent.id, &complete, now, &audit)
            .await;
        assert!(matches!(answer.unwrap(), CompleteAnswer::Complete { .. }));

        let sync = self.begin(tenant, agent, Profile::FullSync).await;
        let objects = store
            .objects(tenant, &forest, Which::Pending, None, 10)
            .await
            .unwrap();
        let rules = Rules::default();
        let mut candidates = Candidates::new(vec![]);
        let id = UserId::new(&self.clock, &Chance);
        let decisions: Vec<_> = objects
            .iter()
            .filter(|object| object.anchor.bytes() == &anchor)
            .map(|object| decide(object, &mut candidates, &rules, &[], &mut || id))
            .collect();
        store
            .apply(tenant, &forest, sync, &decisions, now)
            .await
            .unwrap();
        let end = RunEnd {
            at: now,
            result: RunResult::Success,
            detail: String::new(),
        };
        assert!(store.end_run(tenant, sync, &end, None).await.unwrap());
        id
    }

    /// Begins a run of `corp.test`.
    async fn begin(&self, tenant: TenantId, agent: &Agent, profile: Profile) -> RunId {
        let now = self.clock.now();
        let run = Run {
            id: RunId::new(&self.clock, &Chance),
            cycle: RunId::new(&self.clock, &Chance),
            forest: "corp.test".parse().unwrap(),
            profile,
            started_by: "the test".into(),
            agent: profile.is_import().then_some(agent.id),
            controllers: vec![],
            began_at: now,
            progress_at: now,
            ended_at: None,
            result: RunResult::Running,
            counts: Counts::default(),
            expected: None,
            detail: String::new(),
        };
        // The cloud's own runs of this forest come and go.
        for _ in 0..200 {
            if self.store.begin_run(tenant, &run, false).await.unwrap() {
                return run.id;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("another run does not end");
    }

    /// Enrols with a token.
    pub async fn enrol(&self, token: &str) -> Result<Agent, ApiError> {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .unwrap()
            .as_ref()
            .to_vec();
        let key = Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap();
        let body = serde_json::json!({
            "token": token,
            "public_key": BASE64_STANDARD.encode(key.public_key().as_ref()),
            "host": "test", "version": "0",
        });
        let answer = self
            .http
            .post(self.at("/agent/v1/enrol"))
            .json(&body)
            .send()
            .await
            .unwrap();
        if !answer.status().is_success() {
            return Err(answer.json().await.unwrap());
        }
        let enrolled: EnrolResponse = answer.json().await.unwrap();
        Ok(Agent {
            id: enrolled.agent,
            tenant: enrolled.tenant,
            pkcs8,
        })
    }

    /// An enrolled agent.
    pub async fn agent(&self) -> Agent {
        let (token, _) = self.admin().create_enrolment().await.unwrap();
        self.enrol(&token).await.unwrap()
    }

    /// An enrolled agent of another tenant.
    pub async fn agent_of(&self, tenant: TenantId) -> Agent {
        let (token, _) = self.admin_of(tenant).create_enrolment().await.unwrap();
        self.enrol(&token).await.unwrap()
    }

    /// An assertion of an agent, with its claims changed by `change`.
    pub fn assertion(&self, agent: &Agent, change: impl FnOnce(&mut serde_json::Value)) -> String {
        let mut jti = [0_u8; 16];
        Chance.fill(&mut jti);
        let mut claims = serde_json::json!({
            "iss": agent.id, "sub": agent.id, "aud": self.at("/agent/v1/token"),
            "iat": self.clock.now().as_second(), "exp": self.clock.now().as_second() + 60,
            "jti": BASE64_STANDARD.encode(jti),
        });
        change(&mut claims);
        let key = EncodingKey::from_ed_der(&agent.pkcs8);
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &key).unwrap()
    }

    pub async fn buy_token(&self, assertion: &str) -> Result<String, ApiError> {
        let form = [
            ("grant_type", "client_credentials"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
        ];
        let answer = self
            .http
            .post(self.at("/agent/v1/token"))
            .form(&form)
            .send()
            .await
            .unwrap();
        if !answer.status().is_success() {
            return Err(answer.json().await.unwrap());
        }
        Ok(answer.json::<TokenResponse>().await.unwrap().access_token)
    }

    /// A link that has said hello, served well or not.
    pub async fn link(&self, agent: &Agent) -> Link {
        let mut link = self.bare_link(agent).await;
        link.send(&ToCloud::Hello(hello(agent))).await;
        assert!(matches!(link.next().await, Some(ToAgent::Welcome { .. })));
        link
    }

    /// A link of an agent that can import.
    pub async fn importing_link(&self, agent: &Agent) -> Link {
        let mut link = self.bare_link(agent).await;
        link.send(&ToCloud::Hello(hello_with_scope(agent))).await;
        assert!(matches!(link.next().await, Some(ToAgent::Welcome { .. })));
        link
    }

    /// A link that has said nothing.
    pub async fn bare_link(&self, agent: &Agent) -> Link {
        let token = self
            .buy_token(&self.assertion(agent, |_| {}))
            .await
            .unwrap();
        let url = self.at("/agent/v1/link").replace("http://", "ws://");
        let mut request = url.into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        headers.insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        Link(socket)
    }
}

/// The digest of the scope of the test's agents.
pub const SCOPE: &str = "everything";

/// A user of `corp.test` as an agent uploads them.
pub fn imported(anchor: SourceAnchor, name: &str) -> ImportedObject {
    let attribute = |name: &str, value: String| (name.to_owned(), vec![value]);
    ImportedObject {
        anchor,
        kind: ImportedKind::User,
        domain: "corp.test".parse().unwrap(),
        netbios: Some("CORP".into()),
        dn: format!("CN={name},DC=corp,DC=test"),
        rid: Some(1105),
        primary_group: Some(513),
        enabled: true,
        account_expires: None,
        consistency_guid: None,
        attributes: [
            attribute("sAMAccountName", name.to_owned()),
            attribute("userPrincipalName", format!("{name}@corp.test")),
            attribute("otherMailbox", format!("{name}@mail.example")),
        ]
        .into(),
        members: None,
        problems: vec![],
    }
}

/// An enrolled agent that the test plays.
pub struct Agent {
    pub id: writeback_model::AgentId,
    pub tenant: TenantId,
    pub pkcs8: Vec<u8>,
}

/// An open link.
pub struct Link(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Link {
    pub async fn send(&mut self, frame: &ToCloud) {
        self.send_text(writeback_wire::encode(frame).unwrap()).await;
    }

    pub async fn send_text(&mut self, text: String) {
        // Once the cloud has closed the link, what is sent is lost; `next` then says so.
        let _ = self.0.send(Message::Text(text.into())).await;
    }

    /// What the cloud says when it closes the link; frames before that are let go by.
    pub async fn closing_reason(&mut self) -> String {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.0.next());
            match next.await.expect("the cloud does not close the link") {
                Some(Ok(Message::Close(frame))) => {
                    return frame.map(|it| it.reason.to_string()).unwrap_or_default();
                }
                Some(Ok(_)) => {}
                other => panic!("the link broke: {other:?}"),
            }
        }
    }

    /// The next frame but for the rules of banned passwords, which come at any time; `None` when
    /// the cloud closed the link.
    pub async fn next(&mut self) -> Option<ToAgent> {
        loop {
            match self.next_of_all().await {
                Some(ToAgent::BannedTerms(_)) => {}
                next => return next,
            }
        }
    }

    /// The next frame; `None` when the cloud closed the link.
    pub async fn next_of_all(&mut self) -> Option<ToAgent> {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.0.next());
            match next.await.expect("the cloud neither answers nor closes") {
                Some(Ok(Message::Text(text))) => {
                    return Some(writeback_wire::decode(&text).unwrap());
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }
}

pub fn served() -> ServedDomain {
    ServedDomain {
        name: "corp.test".parse().unwrap(),
        netbios: Some("CORP".into()),
        upn_suffixes: vec![],
    }
}

pub fn hello(agent: &Agent) -> Hello {
    let key = writeback_seal::PrivateKey::generate(
        writeback_model::KeyId::from_uuid(agent.id.uuid()),
        &Chance,
    );
    Hello {
        protocol: PROTOCOL_VERSION,
        version: "0".into(),
        host: "test".into(),
        sealing_key: key.public(),
        forests: vec![ForestStatus {
            forest: "corp.test".parse().unwrap(),
            domains: vec![served()],
            health: ForestHealth::Ready {
                history: writeback_model::HistoryEnforcement::Enforced,
            },
            // Without a scope nothing is imported.
            scope: None,
        }],
        // Always the same: who uses this comes back as often as they like.
        ticket: Some(LinkTicket {
            number: 0,
            held: agent.id.uuid(),
            next: agent.id.uuid(),
        }),
    }
}

/// A hello of an agent that can import.
pub fn hello_with_scope(agent: &Agent) -> Hello {
    let mut hello = hello(agent);
    for forest in &mut hello.forests {
        forest.scope = Some(SCOPE.into());
    }
    hello
}

pub fn record(tenant: TenantId, at: Timestamp) -> AuditRecord {
    AuditRecord {
        tenant: Some(tenant),
        at,
        actor: Actor::Operator,
        activity: "test",
        user: None,
        correlation: None,
        address: None,
        result: "success".into(),
        detail: String::new(),
    }
}
