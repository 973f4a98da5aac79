//! Listening, and ending in order.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use axum_server::{
    Handle,
    accept::NoDelayAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use writeback_model::{Clock, Entropy, event};
use writeback_relay::Hub;
use writeback_store::Store;

use crate::{
    access, agents, api,
    audit::{Keeper, Routine, TrailError},
    config::{CloudConfig, ConfigError, Listen, TlsFiles},
    disk, doctor, housekeeping, licences,
    mail::Mailer,
    news, passwords, portal,
    sign_in::Hasher,
    state::Cloud,
    sync::{self, SyncHandle},
    tenants,
    ticket::TicketKey,
};

/// How long requests under way may take when the cloud stops.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// Why the cloud could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The key of the audit trail.
    #[error("the audit trail cannot be signed")]
    Trail(#[from] TrailError),
    /// A certificate or its key.
    #[error("the certificate {certificate} with its key {key} cannot be used")]
    Certificate {
        /// The certificate's file.
        certificate: String,
        /// The key's file.
        key: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An address that cannot be listened on.
    #[error(
        "cannot listen on {address}: is another program there, or is the port below 1024 \
             and the user not allowed to?"
    )]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Runs the cloud until `stop`.
pub async fn run(
    config: CloudConfig,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    stop: CancellationToken,
) -> Result<(), RunError> {
    let audit = config.audit();
    let keeper = Keeper::open(&audit, Arc::clone(&store), Arc::clone(&clock), &*entropy)?;
    keeper.note_new_key().await?;
    let trail = Routine::new(keeper, audit.keep_days);
    let (ended_sender, ended) = mpsc::unbounded_channel();
    let hub = Hub::new(Arc::clone(&store), Arc::clone(&clock), ended_sender);
    let cloud = Arc::new(Cloud {
        mailer: Mailer::new(&config.mail)?,
        time_zone: config.time_zone()?,
        recovery: config.recovery_attributes(),
        limits: config.limits(),
        schedule: config.schedule(),
        sync: SyncHandle::default(),
        hasher: Hasher::default(),
        tickets: TicketKey::generate(&*entropy),
        trusted_proxies: config.trusted_proxies.clone(),
        public_url: config.public_url.clone(),
        store,
        hub,
        clock,
        entropy,
    });

    let handle = Handle::new();
    let router = router(Arc::clone(&cloud));
    let tasks = TaskTracker::new();
    let mut servers = tokio::task::JoinSet::new();
    for listen in &config.listen {
        let listener = bind(listen.address)?;
        let tls = match &listen.tls {
            Some(files) => Some(tls(files).await?),
            None => None,
        };
        tracing::info!(address = %listen.address, tls = tls.is_some(), "listening");
        servers.spawn(serve(
            listen.clone(),
            listener,
            tls,
            router.clone(),
            handle.clone(),
        ));
    }
    let news_stop = CancellationToken::new();
    let news = tokio::spawn(news::tell(Arc::clone(&cloud), ended, news_stop.clone()));
    tasks.spawn(sync::keep_synchronised(Arc::clone(&cloud), stop.clone()));
    tasks.spawn(passwords::keep_agents_told(
        Arc::clone(&cloud),
        stop.clone(),
    ));
    tasks.spawn(licences::keep_seats_settled(
        Arc::clone(&cloud),
        stop.clone(),
    ));
    tasks.spawn(housekeeping::keep_forgetting(
        Arc::clone(&cloud),
        stop.clone(),
    ));
    tasks.spawn(doctor::keep_looking(Arc::clone(&cloud), stop.clone()));
    tasks.spawn(disk::keep_watched(Arc::clone(&cloud), stop.clone()));
    tasks.spawn(access::keep_rolled(Arc::clone(&cloud), stop.clone()));
    tasks.spawn(agents::keep_revoked_out(Arc::clone(&cloud), stop.clone()));
    tasks.spawn(tenants::keep_disabled_out(Arc::clone(&cloud), stop.clone()));
    let trail = tokio::spawn(trail.run(stop.clone()));
    let sweep = cloud.hub.sweep(stop.clone());

    let outcome = tokio::select! {
        () = stop.cancelled() => Ok(()),
        Some(ended) = servers.join_next() => ended.unwrap_or(Ok(())),
    };
    // Nothing new is taken on; what was is finished, with the agents still there. They only note
    // how to come back once their links are gone.
    cloud.hub.announce_restart();
    handle.graceful_shutdown(Some(STOP_WITHIN));
    let finished = async {
        while servers.join_next().await.is_some() {}
        cloud.hub.idle().await;
    };
    if tokio::time::timeout(STOP_WITHIN, finished).await.is_err() {
        tracing::warn!(
            event_id = event::CLOUD_CUT_SHORT,
            "the cloud stops before everything was finished: the rest is settled after its next start"
        );
    }
    sweep.abort();
    // What the mail server takes just now is noted; the rest is owed and sent after the next start.
    news_stop.cancel();
    if tokio::time::timeout(STOP_WITHIN, news).await.is_err() {
        tracing::warn!(
            event_id = event::CLOUD_CUT_SHORT,
            "the cloud stops while a mail is being sent: it may come twice"
        );
    }
    // What ended the servers may have been an error, not `stop`.
    stop.cancel();
    if let Ok(trail) = trail.await {
        trail.finish().await;
    }
    outcome
}

/// All routes.
fn router(cloud: Arc<Cloud>) -> Router {
    Router::new()
        .route("/health", get(|| async { "ok\n" }))
        .merge(agents::routes())
        .merge(api::routes(Arc::clone(&cloud)))
        .merge(portal::routes(Arc::clone(&cloud)))
        .with_state(cloud)
}

fn bind(address: SocketAddr) -> Result<std::net::TcpListener, RunError> {
    let listener = std::net::TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    listener.map_err(|source| RunError::Listen { address, source })
}

async fn tls(files: &TlsFiles) -> Result<RustlsConfig, RunError> {
    RustlsConfig::from_pem_file(&files.certificate, &files.key)
        .await
        .map_err(|source| RunError::Certificate {
            certificate: files.certificate.display().to_string(),
            key: files.key.display().to_string(),
            source,
        })
}

async fn serve(
    listen: Listen,
    listener: std::net::TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    handle: Handle<SocketAddr>,
) -> Result<(), RunError> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let failed = |source| RunError::Listen {
        address: listen.address,
        source,
    };
    let server = axum_server::from_tcp(listener)
        .map_err(failed)?
        .handle(handle);
    // A password waits for no algorithm: small packets go out at once.
    let served = match tls {
        Some(config) => {
            let acceptor = RustlsAcceptor::new(config).acceptor(NoDelayAcceptor::new());
            server.acceptor(acceptor).serve(service).await
        }
        None => server.acceptor(NoDelayAcceptor::new()).serve(service).await,
    };
    served.map_err(failed)
}
