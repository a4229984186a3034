//! What the routes share, and the routers they form.

use std::fmt;
#[cfg(feature = "openapi")]
use std::sync::LazyLock;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use oasis_core::{EventStore, Ingestor, KeyRing, Normalizer, PresenceStore};
use tokio_util::sync::CancellationToken;

use crate::agents::{self, AgentsState};
use crate::auth::{self, Token};
use crate::console;
use crate::dependencies::Evidence;
use crate::feed::{self, Follower, Pages};
use crate::intake::Intake;
use crate::limits::{Budget, Limits};
use crate::metrics::{self, AuditMeter, CommitMeter, Metrics};
#[cfg(feature = "openapi")]
use crate::openapi;
use crate::problem::Problem;
use crate::replays::Replays;
use crate::rights::{Access, CurrentRights};
use crate::sources::{Expected, Sources};
use crate::spool::Spool;
use crate::{health, ingest, query, task, webhooks};

/// OASIS for a host: a ledger, the secrets of its sources, and the routers over them.
///
/// It is cheap to clone; all clones are the same one.
///
/// ```
/// use std::sync::Arc;
/// use axum::Router;
/// use oasis_axum::Oasis;
/// use oasis_core::{KeyRing, MemoryStore, Secret};
///
/// # async fn serve(listener: tokio::net::TcpListener) -> Result<(), Box<dyn std::error::Error>> {
/// let store = Arc::new(MemoryStore::new(oasis_axum::now));
/// let ring = KeyRing::new(Secret::new("It's a Secret to Everybody")?);
/// let oasis = Oasis::new(Arc::clone(&store) as _, &ring);
/// // Agents need a second store, which says who is there, and a task that tells who has gone.
/// let app: Router = oasis.router().merge(oasis.agents(Arc::clone(&store) as _));
/// tokio::spawn(oasis.watch_agents(store));
/// // A feed never ends by itself, and a graceful shutdown waits for open answers.
/// let stop = async move {
///     let _ = tokio::signal::ctrl_c().await;
///     oasis.close_feeds();
/// };
/// axum::serve(listener, app).with_graceful_shutdown(stop).await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Oasis {
    shared: Shared,
}

/// What a host may want otherwise.
///
/// ```
/// use oasis_axum::{Options, Token};
///
/// let token = Token::new("an-ingest-token-of-the-host").unwrap();
/// let options = Options { ingest_tokens: vec![token], ..Options::default() };
/// ```
#[derive(Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "written with `..Options::default()`")]
pub struct Options {
    /// Which task ids are looked for.
    pub normalizer: Normalizer,
    /// A reader must present one of these; with none, everybody may read.
    pub read_tokens: Vec<Token>,
    /// Who brings events of its own must present one of these; with none, nobody may.
    pub ingest_tokens: Vec<Token>,
    /// Who asks how the process is doing must present one of these, with which everything can be
    /// read too; with none, whoever may read may ask that.
    pub admin_tokens: Vec<Token>,
    /// What one process takes at most.
    pub limits: Limits,
    /// Where deliveries wait while the ledger is away; without one they get 503.
    /// [`Oasis::drain_spool`] belongs to it.
    pub spool: Option<Spool>,
    /// What measures the commits of this ledger, for `/metrics`.
    pub commits: Option<CommitMeter>,
    /// Sources that make the gateway unready when they are silent for too long.
    pub expected: Vec<Expected>,
}

pub(crate) type Shared = Arc<Parts>;

/// What a handler works with.
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) ingestor: Ingestor,
    pub(crate) intake: Intake,
    pub(crate) follower: Follower,
    pub(crate) pages: Pages,
    pub(crate) budget: Budget,
    pub(crate) metrics: Metrics,
    pub(crate) sources: Arc<Sources>,
    pub(crate) replays: Replays,
    evidence: Mutex<Vec<Evidence>>,
    pub(crate) rights: CurrentRights,
    pub(crate) stop: CancellationToken,
}

impl Parts {
    /// What is known of other things that this depends on.
    pub(crate) fn evidence(&self) -> MutexGuard<'_, Vec<Evidence>> {
        self.evidence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The routes of [`Oasis::router`], as (method, path), for a host's start-up log.
///
/// ```
/// for (method, path) in oasis_axum::ROUTES {
///     println!("{method:4} http://127.0.0.1:8080{path}");
/// }
/// ```
pub const ROUTES: &[(&str, &str)] = &[
    ("POST", "/webhooks/github"),
    ("GET", "/webhooks/health"),
    ("GET", "/api/v1/oasis/events"),
    ("GET", "/api/v1/oasis/events/{id}"),
    ("GET", "/api/v1/vtids/{vtid}"),
    ("GET", "/events"),
    ("POST", "/events/ingest"),
    ("GET", "/events/health"),
    ("GET", "/api/v1/devhub/feed"),
    ("GET", "/api/v1/devhub/health"),
    ("GET", "/console"),
    ("GET", "/console/{file}"),
    ("GET", "/console/session"),
    ("POST", "/console/session"),
    ("DELETE", "/console/session"),
    ("GET", "/health"),
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    #[cfg(feature = "openapi")]
    ("GET", "/openapi.json"),
];

/// The routes of [`Oasis::agents`].
pub const AGENT_ROUTES: &[(&str, &str)] =
    &[("POST", "/api/v1/agents/heartbeat"), ("GET", "/api/v1/agents")];

/// The routes of [`Oasis::gcp_webhooks`].
#[cfg(feature = "gcp")]
pub const GCP_ROUTES: &[(&str, &str)] = &[("POST", "/webhooks/gcp")];

impl Oasis {
    /// Over this ledger, taking what is signed with a secret of this ring; everybody may read, and
    /// nobody may [ingest](Options::ingest_tokens).
    #[must_use]
    pub fn new(store: Arc<dyn EventStore>, github: &KeyRing) -> Self {
        Self::with(store, github, Options::default())
    }

    /// The same with options of one's own.
    #[must_use]
    pub fn with(store: Arc<dyn EventStore>, github: &KeyRing, options: Options) -> Self {
        // Who signs may change, so that is not checked by this one.
        let ingestor = Ingestor::without_github(Arc::clone(&store), options.normalizer);
        let access = Access {
            read_tokens: options.read_tokens,
            ingest_tokens: options.ingest_tokens,
            admin_tokens: options.admin_tokens,
            ..Access::signed_with(github.clone())
        };
        let sources = Arc::new(Sources::new(options.expected));
        let intake = Intake::new(Arc::clone(&store), options.spool, Arc::clone(&sources));
        let stop = CancellationToken::new();
        let follower = Follower::new(Arc::clone(&store), Arc::clone(&sources), stop.clone());
        Self {
            shared: Arc::new(Parts {
                store,
                ingestor,
                intake,
                follower,
                pages: Pages::default(),
                budget: Budget::new(options.limits),
                metrics: Metrics::new(options.commits.as_ref()),
                sources,
                replays: Replays::default(),
                evidence: Mutex::default(),
                rights: CurrentRights::new(access),
                stop,
            }),
        }
    }

    /// All routes of [`ROUTES`].
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let router = self
            .webhooks()
            .merge(self.ingest())
            .merge(self.query())
            .merge(self.feed())
            .merge(self.console())
            .merge(self.health())
            .merge(self.metrics());
        #[cfg(feature = "openapi")]
        let router = router.merge(self.openapi(&[ROUTES]));
        router
    }

    /// `POST /webhooks/github` and `GET /webhooks/health`.
    pub fn webhooks<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.open(
            Router::new()
                .route("/webhooks/github", post(webhooks::github))
                .route("/webhooks/health", get(health::ready)),
        )
    }

    /// `POST /webhooks/gcp`, beside what [`router`](Self::router) has.
    #[cfg(feature = "gcp")]
    pub fn gcp_webhooks<S: Clone + Send + Sync + 'static>(
        &self,
        push: crate::google::GooglePush,
    ) -> Router<S> {
        let other = || async { Problem::method_not_allowed() };
        push.tells(self.depends_on("google_keys"));
        let state = crate::google::GoogleState { shared: Arc::clone(&self.shared), push };
        Router::new()
            .route("/webhooks/gcp", post(crate::google::gcp))
            .method_not_allowed_fallback(other)
            .with_state(state)
    }

    /// `POST /events/ingest`: events from those who hold an ingest token.
    pub fn ingest<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.open(Router::new().route("/events/ingest", post(ingest::ingest)))
    }

    /// `POST /api/v1/agents/heartbeat` and `GET /api/v1/agents`, beside what
    /// [`router`](Self::router) has. [`watch_agents`](Self::watch_agents) belongs to it.
    pub fn agents<S: Clone + Send + Sync + 'static>(
        &self,
        presence: Arc<dyn PresenceStore>,
    ) -> Router<S> {
        let state = AgentsState { shared: Arc::clone(&self.shared), presence };
        let guard = from_fn_with_state(Arc::clone(&self.shared), auth::may_read);
        let other = || async { Problem::method_not_allowed() };
        let list = Router::new()
            .route("/api/v1/agents", get(agents::list))
            .method_not_allowed_fallback(other)
            .route_layer(guard);
        Router::new()
            .route("/api/v1/agents/heartbeat", post(agents::heartbeat))
            .method_not_allowed_fallback(other)
            .merge(list)
            .with_state(state)
    }

    /// Writes into the ledger when an agent has gone. The host runs it as a task, on each replica;
    /// it ends with [`close_feeds`](Self::close_feeds).
    pub fn watch_agents(
        &self,
        presence: Arc<dyn PresenceStore>,
    ) -> impl Future<Output = ()> + Send + use<> {
        agents::watch(Arc::clone(&self.shared), presence)
    }

    /// Appends what waits in the [spool](Options::spool), in its order, as soon as the ledger takes
    /// it. The host runs it as a task; it ends with [`close_feeds`](Self::close_feeds), and at once
    /// where there is no spool.
    pub fn drain_spool(&self) -> impl Future<Output = ()> + Send + use<> {
        let spool = self.shared.intake.spool().cloned();
        let (store, stop) = (Arc::clone(&self.shared.store), self.shared.stop.clone());
        async move {
            if let Some(spool) = spool {
                spool.drain(store, stop).await;
            }
        }
    }

    /// `GET /api/v1/oasis/events`, one event by its id, a task at
    /// `/api/v1/vtids/{vtid}`, and the older path `GET /events`.
    pub fn query<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let health = self.open(Router::new().route("/events/health", get(health::ready)));
        self.reading(
            Router::new()
                .route("/api/v1/oasis/events", get(query::events))
                .route("/api/v1/oasis/events/{id}", get(query::event))
                .route("/api/v1/vtids/{vtid}", get(task::task))
                .route("/events", get(query::events)),
        )
        .merge(health)
    }

    /// `GET /api/v1/devhub/feed`, the live feed, and its health.
    pub fn feed<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let health = self.open(Router::new().route("/api/v1/devhub/health", get(health::ready)));
        self.reading(Router::new().route("/api/v1/devhub/feed", get(feed::feed))).merge(health)
    }

    /// `GET /console`, the page for people, with its files and its sign-in. It reads what
    /// [`query`](Self::query) and [`feed`](Self::feed) give, so it needs them at the same path.
    pub fn console<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let session = get(console::session::standing)
            .post(console::session::sign_in)
            .delete(console::session::sign_out);
        self.open(
            Router::new()
                .route("/console", get(console::page))
                .route("/console/", get(console::without_slash))
                .route("/console/{file}", get(console::file))
                .route("/console/session", session),
        )
    }

    /// `GET /health`, `/livez` and `/readyz`.
    pub fn health<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.open(
            Router::new()
                .route("/health", get(health::ready))
                .route("/livez", get(health::live))
                .route("/readyz", get(health::ready)),
        )
    }

    /// `GET /metrics`, for those who administer; where there is no admin token, for those who may
    /// read.
    pub fn metrics<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let guard = from_fn_with_state(Arc::clone(&self.shared), auth::may_administer);
        self.open(Router::new().route("/metrics", get(metrics::metrics)).route_layer(guard))
    }

    /// `GET /openapi.json`, what these routes take and answer (OpenAPI 3.1), for those who may read.
    /// A host names what it merged, such as `&[ROUTES, AGENT_ROUTES]`.
    #[cfg(feature = "openapi")]
    pub fn openapi<S: Clone + Send + Sync + 'static>(
        &self,
        routes: &[&[(&str, &str)]],
    ) -> Router<S> {
        let routes = routes.concat().into_iter();
        let routes: Vec<_> = routes.map(|(m, path)| (m.to_owned(), path.to_owned())).collect();
        // It takes longer than all else that is made before the first request, and most never ask.
        let document = Arc::new(LazyLock::new(move || {
            let routes = routes.iter().map(|(method, path)| (method.as_str(), path.as_str()));
            axum::Json(openapi::document(routes))
        }));
        let answer = async move || axum::Json::clone(&document);
        self.reading(Router::new().route("/openapi.json", get(answer)))
    }

    /// Something else that the host depends on, which `/readyz` names from now on.
    pub fn depends_on(&self, name: &str) -> Evidence {
        let evidence = Evidence::of(name);
        self.shared.evidence().push(evidence.clone());
        evidence
    }

    /// What tells `/metrics` how complete the ledger is, for a host that compares it with what GitHub
    /// says it delivered by this webhook. The name becomes a label: it belongs to a closed set.
    pub fn audits(&self, hook: &str) -> AuditMeter {
        self.shared.metrics.audits(hook)
    }

    /// Takes these secrets and tokens instead of those before, for all requests from now on. No
    /// delivery is lost by it: what is under way ends as it began. Where somebody who may read
    /// loses that right, all open feeds end; their clients come back and miss nothing.
    pub fn renew(&self, access: Access) {
        self.shared.rights.renew(access);
    }

    /// Ends the feeds that are open and the task that follows the ledger, at once; the other
    /// routes go on. A graceful shutdown waits for open responses, and a feed never ends by itself.
    pub fn close_feeds(&self) {
        self.shared.stop.cancel();
    }

    fn open<S>(&self, routes: Router<Shared>) -> Router<S> {
        let other = || async { Problem::method_not_allowed() };
        routes.method_not_allowed_fallback(other).with_state(Arc::clone(&self.shared))
    }

    fn reading<S>(&self, routes: Router<Shared>) -> Router<S> {
        let guard = from_fn_with_state(Arc::clone(&self.shared), auth::may_read);
        self.open(routes.route_layer(guard))
    }
}

impl fmt::Debug for Oasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oasis").field("store", &self.shared.store).finish_non_exhaustive()
    }
}
