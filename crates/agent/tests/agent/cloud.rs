//! A cloud of which every word is the test's.

use std::{
    future::ready,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Form, Json, Router,
    body::{Body, to_bytes},
    extract::{
        ConnectInfo, Path, Request, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, time::timeout};
use uuid::Uuid;
use writeback_model::{AgentId, Clock, RequestId, RunId, TenantId};
use writeback_wire::{
    Begun, Hello, SUBPROTOCOL, ToAgent, ToCloud, decode, encode, http::IMPORT_BODY_BYTES_MAX,
    round_trip::KnownAgent,
};

use crate::site::Real;

/// How long a test waits for a frame.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const ENROLMENT_TOKEN: &str = "wbenrol.good";
const ACCESS_TOKEN: &str = "access";

/// What the cloud does otherwise than usual.
#[derive(Clone, Default)]
pub(crate) struct Manners {
    /// Names no subprotocol.
    pub(crate) no_subprotocol: bool,
    /// Answers so many link requests with 401.
    pub(crate) refuse_links: usize,
    /// Takes so many uploads and breaks the connection instead of an answer.
    pub(crate) break_uploads: usize,
    /// Says of these runs that they are over.
    pub(crate) runs_over: Vec<RunId>,
    /// Refuses assertions of another time.
    pub(crate) judges_time: bool,
}

/// An upload that was taken.
#[derive(Clone)]
pub(crate) struct Upload {
    pub(crate) run: RunId,
    /// `objects` or `complete`.
    pub(crate) what: String,
    pub(crate) body: Value,
    /// Over which connection it came.
    pub(crate) from: SocketAddr,
}

pub(crate) struct Cloud {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
    links: tokio::sync::Mutex<mpsc::UnboundedReceiver<WebSocket>>,
}

struct Inner {
    base: Mutex<String>,
    manners: Mutex<Manners>,
    public_key: Mutex<Option<Vec<u8>>>,
    links: mpsc::UnboundedSender<WebSocket>,
    uploads: Mutex<Vec<Upload>>,
    tokens_sold: Mutex<usize>,
    /// What it says to an agent that asks what is known of it.
    known: Mutex<KnownAgent>,
}

pub(crate) fn agent_id() -> AgentId {
    AgentId::from_uuid(Uuid::from_u128(0xa9e27))
}

pub(crate) fn tenant_id() -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(0x7e2a27))
}

impl Cloud {
    /// On a loopback port, over HTTP.
    pub(crate) async fn start(manners: Manners) -> Self {
        let (cloud, router) = Self::router(manners).await;
        let listener = TcpListener::bind(cloud.address).await.unwrap();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        cloud
    }

    /// Its routes, for a test that serves them in its own way on `address`.
    pub(crate) async fn router(manners: Manners) -> (Self, Router) {
        let (links, connected) = mpsc::unbounded_channel();
        // Taken and given back: nobody else asks for a port meanwhile on this address.
        let address = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap();
        let inner = Arc::new(Inner {
            base: Mutex::new(format!("http://{address}")),
            manners: Mutex::new(manners),
            public_key: Mutex::default(),
            links,
            uploads: Mutex::default(),
            tokens_sold: Mutex::default(),
            known: Mutex::new(KnownAgent {
                cloud_version: env!("CARGO_PKG_VERSION").to_owned(),
                link: None,
            }),
        });
        let router = Router::new()
            .route("/agent/v1/enrol", post(enrol))
            .route("/agent/v1/token", post(token))
            .route("/agent/v1/link", get(link))
            .route("/agent/v1/self", get(known))
            .route("/agent/v1/runs/{run}/{what}", post(upload))
            .with_state(Arc::clone(&inner));
        let cloud = Self {
            address,
            inner,
            links: tokio::sync::Mutex::new(connected),
        };
        (cloud, router)
    }

    pub(crate) fn url(&self) -> String {
        self.inner.base.lock().unwrap().clone()
    }

    pub(crate) fn be_at(&self, base: &str) {
        base.clone_into(&mut self.inner.base.lock().unwrap());
    }

    pub(crate) fn uploads(&self, run: RunId) -> Vec<Upload> {
        let uploads = self.inner.uploads.lock().unwrap();
        uploads.iter().filter(|it| it.run == run).cloned().collect()
    }

    pub(crate) fn manners(&self) -> std::sync::MutexGuard<'_, Manners> {
        self.inner.manners.lock().unwrap()
    }

    pub(crate) fn known(&self) -> std::sync::MutexGuard<'_, KnownAgent> {
        self.inner.known.lock().unwrap()
    }

    pub(crate) fn tokens_sold(&self) -> usize {
        *self.inner.tokens_sold.lock().unwrap()
    }

    /// The next link, before anything was said on it.
    pub(crate) async fn silent_link(&self) -> Link {
        let mut links = self.links.lock().await;
        let socket = timeout(PATIENCE, links.recv())
            .await
            .expect("no link in time")
            .unwrap();
        Link { socket }
    }

    /// The next link, welcomed.
    pub(crate) async fn link(&self) -> (Link, Hello) {
        let mut link = self.silent_link().await;
        let ToCloud::Hello(hello) = link.hear().await else {
            panic!("no hello")
        };
        link.say(&ToAgent::Welcome {
            agent: agent_id(),
            tenant: tenant_id(),
            server_time: "2026-11-23T08:00:00Z".parse().unwrap(),
            reconnect_within_ms: 0,
        })
        .await;
        (link, hello)
    }

    /// Whether another link comes within that time.
    pub(crate) async fn has_link_within(&self, patience: Duration) -> bool {
        timeout(patience, self.links.lock().await.recv())
            .await
            .is_ok()
    }
}

/// One link, from the cloud's side.
pub(crate) struct Link {
    socket: WebSocket,
}

impl Link {
    pub(crate) async fn say(&mut self, frame: &ToAgent) {
        self.say_text(encode(frame).unwrap()).await;
    }

    pub(crate) async fn say_text(&mut self, text: String) {
        self.socket.send(Message::Text(text.into())).await.unwrap();
    }

    /// The next frame, `None` when the link ended.
    pub(crate) async fn next(&mut self) -> Option<ToCloud> {
        loop {
            match timeout(PATIENCE, self.socket.recv())
                .await
                .expect("nothing said in time")?
            {
                Ok(Message::Text(text)) => return Some(decode(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next frame that is no status, if one comes within that time.
    pub(crate) async fn hear_within(&mut self, patience: Duration) -> Option<ToCloud> {
        timeout(patience, self.hear()).await.ok()
    }

    /// The next frame that is neither a status nor the beginning of a write.
    pub(crate) async fn hear(&mut self) -> ToCloud {
        loop {
            match self.next().await.expect("the link ended") {
                ToCloud::Status(_) | ToCloud::Begun { .. } => {}
                frame => return frame,
            }
        }
    }

    /// The same, while the directory is waited for.
    pub(crate) async fn hear_patiently(&mut self) -> ToCloud {
        loop {
            let text = match timeout(4 * PATIENCE, self.socket.recv()).await {
                Ok(Some(Ok(Message::Text(text)))) => text,
                Ok(Some(Ok(_))) => continue,
                other => panic!("nothing said: {other:?}"),
            };
            match decode(&text).unwrap() {
                ToCloud::Status(_) | ToCloud::Begun { .. } => {}
                frame => return frame,
            }
        }
    }

    /// What is true before a write that now begins.
    pub(crate) async fn hear_begun(&mut self) -> Begun {
        loop {
            match self.next().await.expect("the link ended") {
                ToCloud::Status(_) => {}
                ToCloud::Begun { begun, .. } => return begun,
                other => panic!("no beginning but {other:?}"),
            }
        }
    }

    pub(crate) async fn hear_claim(&mut self) -> RequestId {
        match self.hear().await {
            ToCloud::Claim { request } => request,
            other => panic!("no claim but {other:?}"),
        }
    }

    pub(crate) async fn grant(&mut self, request: RequestId) {
        self.say(&ToAgent::Grant {
            request,
            start_within_ms: 5000,
        })
        .await;
    }

    /// Whether nothing but statuses is said within that time.
    pub(crate) async fn is_quiet(&mut self, patience: Duration) -> bool {
        timeout(patience, self.hear()).await.is_err()
    }
}

async fn enrol(State(cloud): State<Arc<Inner>>, Json(body): Json<Value>) -> Response {
    if body["token"] != ENROLMENT_TOKEN {
        let refusal = json!({
            "error": "enrolment-token-used",
            "error_description": "This token was used before. Make a new one.\u{1b}[31m",
        });
        return (StatusCode::CONFLICT, Json(refusal)).into_response();
    }
    let key = BASE64_STANDARD
        .decode(body["public_key"].as_str().unwrap())
        .unwrap();
    *cloud.public_key.lock().unwrap() = Some(key);
    Json(json!({ "agent": agent_id(), "tenant": tenant_id(), "tenant_name": "Corp" }))
        .into_response()
}

#[derive(serde::Deserialize)]
struct TokenForm {
    grant_type: String,
    client_assertion_type: String,
    client_assertion: String,
}

async fn token(State(cloud): State<Arc<Inner>>, Form(form): Form<TokenForm>) -> Response {
    assert_eq!(form.grant_type, "client_credentials");
    assert_eq!(
        form.client_assertion_type,
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    let (signed, signature) = form.client_assertion.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let read = |text: &str| -> Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    };
    assert_eq!(read(header)["alg"], "EdDSA");
    let claims = read(claims);
    let agent = agent_id().to_string();
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!(agent), &json!(agent))
    );
    let base = cloud.base.lock().unwrap().clone();
    assert_eq!(claims["aud"], format!("{base}/agent/v1/token"));
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        60
    );
    assert_eq!(claims["jti"].as_str().unwrap().len(), 32);
    let key = cloud.public_key.lock().unwrap().clone().unwrap();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ED25519, key)
        .verify(signed.as_bytes(), &signature)
        .unwrap();
    let now = Real.now().as_second();
    let off = (claims["iat"].as_i64().unwrap() - now).abs();
    if cloud.manners.lock().unwrap().judges_time && off > 60 {
        let refusal = json!({
            "error": "invalid_client",
            "error_description": "it has expired: check the clock of the agent's machine",
        });
        return (StatusCode::UNAUTHORIZED, Json(refusal)).into_response();
    }
    *cloud.tokens_sold.lock().unwrap() += 1;
    Json(json!({ "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 600 }))
        .into_response()
}

async fn known(State(cloud): State<Arc<Inner>>, headers: HeaderMap) -> Json<KnownAgent> {
    assert_eq!(headers["authorization"], format!("Bearer {ACCESS_TOKEN}"));
    Json(cloud.known.lock().unwrap().clone())
}

async fn link(
    State(cloud): State<Arc<Inner>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    assert_eq!(headers["authorization"], format!("Bearer {ACCESS_TOKEN}"));
    let manners = {
        let mut manners = cloud.manners.lock().unwrap();
        let now = manners.clone();
        manners.refuse_links = now.refuse_links.saturating_sub(1);
        now
    };
    if manners.refuse_links > 0 {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let upgrade = if manners.no_subprotocol {
        upgrade
    } else {
        upgrade.protocols([SUBPROTOCOL])
    };
    upgrade.on_upgrade(move |socket| async move {
        let _ = cloud.links.send(socket);
    })
}

async fn upload(
    State(cloud): State<Arc<Inner>>,
    Path((run, what)): Path<(RunId, String)>,
    request: Request,
) -> Response {
    assert_eq!(
        request.headers()["authorization"],
        format!("Bearer {ACCESS_TOKEN}")
    );
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from = from.unwrap().0;
    let body = to_bytes(request.into_body(), IMPORT_BODY_BYTES_MAX).await;
    let body = serde_json::from_slice(&body.unwrap()).unwrap();
    let mut manners = cloud.manners.lock().unwrap();
    if manners.runs_over.contains(&run) {
        let refusal = json!({
            "error": "import-not-running",
            "error_description": "this import is not running",
        });
        return (StatusCode::CONFLICT, Json(refusal)).into_response();
    }
    let upload = Upload {
        run,
        what,
        body,
        from,
    };
    cloud.uploads.lock().unwrap().push(upload);
    if manners.break_uploads > 0 {
        manners.break_uploads -= 1;
        let broken = stream::once(ready(Err::<Vec<u8>, _>(io::Error::other("cut"))));
        return Body::from_stream(broken).into_response();
    }
    StatusCode::NO_CONTENT.into_response()
}
