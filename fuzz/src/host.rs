//! A gateway without a socket: the routes over a ledger in memory, asked one request after the other.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use oasis_axum::{Limits, Oasis, Options, Token};
use oasis_core::{EventStoreExt, KeyRing, MemoryStore, Position, Recorded, Secret};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

use crate::road::NORMALIZER;

/// What a request must bring to be let in.
pub const SECRET: &str = "a secret for the fuzzer";
pub const READ: &str = "a-read-token-for-the-fuzzer";
pub const INGEST: &str = "an-ingest-token-for-the-fuzzer";
pub const ADMIN: &str = "an-admin-token-for-the-fuzzer";

pub struct Host {
    pub store: Arc<MemoryStore>,
    oasis: Oasis,
    router: Router,
}

/// How paths of some routes begin, and the routes.
type Part<'a> = (&'a [&'a str], &'a dyn Fn(&Oasis) -> Router);

thread_local! {
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_time().build().expect("a runtime needs nothing");
}

impl Host {
    /// Where everybody may read, or who has the token.
    pub fn new(open: bool) -> Self {
        Self::with_named(open, |_| true)
    }

    /// The same without the routes of which no path's beginning is named, since nobody will ask them: to
    /// put all of them together takes longer than all that a request does.
    pub fn with_named(open: bool, is_named: impl Fn(&str) -> bool) -> Self {
        let store = Arc::new(MemoryStore::new(oasis_axum::now));
        let token = |text| vec![Token::new(text).expect("it is long enough")];
        let options = Options {
            normalizer: NORMALIZER.clone(),
            read_tokens: if open { Vec::new() } else { token(READ) },
            ingest_tokens: token(INGEST),
            admin_tokens: token(ADMIN),
            // Each is spelled out: a default would make a normaliser, which takes longer than a request.
            limits: Limits::default(),
            spool: None,
            commits: None,
            expected: Vec::new(),
        };
        let ring = KeyRing::new(Secret::new(SECRET).expect("it is not empty"));
        let oasis = Oasis::with(Arc::<MemoryStore>::clone(&store), &ring, options);
        let agents = |oasis: &Oasis| oasis.agents(Arc::<MemoryStore>::clone(&store));
        let parts: [Part<'_>; 9] = [
            (&["/webhooks/"], &Oasis::webhooks),
            (&["/events/ingest"], &Oasis::ingest),
            (&["/api/v1/agents"], &agents),
            (&["/events", "/api/v1/oasis/", "/api/v1/vtids/"], &Oasis::query),
            (&["/api/v1/devhub/"], &Oasis::feed),
            (&["/console"], &Oasis::console),
            (&["/health", "/livez", "/readyz"], &Oasis::health),
            (&["/metrics"], &Oasis::metrics),
            // To describe the routes takes longer still.
            (&["/openapi.json"], &|oasis| oasis.openapi(&[])),
        ];
        let named = parts.iter().filter(|(paths, _)| paths.iter().any(|path| is_named(path)));
        let router = named.fold(Router::new(), |router, (_, part)| router.merge(part(&oasis)));
        let router = router.fallback(oasis_axum::not_found);
        Self { store, oasis, router }
    }

    pub fn call(&self, request: Request<Body>) -> Response<Body> {
        wait(self.router.clone().oneshot(request)).unwrap_or_else(|never| match never {})
    }

    pub fn head(&self) -> Option<Position> {
        self.rows(None).last().map(|row| row.position)
    }

    /// All that comes after this position.
    pub fn rows(&self, after: Option<Position>) -> Vec<Recorded> {
        wait(self.store.read_after(after, 1000)).expect("a list can be read")
    }

    /// The router of a host that describes itself.
    pub fn described(&self) -> Router {
        self.oasis.openapi(&[oasis_axum::ROUTES, oasis_axum::AGENT_ROUTES])
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.oasis.close_feeds();
        // Whoever followed the ledger ends when he is asked next.
        wait(async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        });
    }
}

pub fn wait<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(work))
}
