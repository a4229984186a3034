//! How often one client may ask.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use ipnet::IpNet;

use crate::problem::Problem;

/// A limit for each client on how often it may ask.
///
/// A client is an IPv4 address or an IPv6 network of 64 bits, which is what one customer has. It is
/// the peer of the connection, which the host tells as axum's `ConnectInfo<SocketAddr>`; where that
/// is a trusted proxy, it is the last address in `X-Forwarded-For` that is none. Without
/// `ConnectInfo` all clients share one limit.
///
/// ```
/// use std::num::NonZeroU32;
/// use axum::Router;
/// use oasis_axum::RateLimit;
///
/// let fifty = NonZeroU32::new(50).unwrap();
/// let limit = RateLimit::new(fifty, fifty.saturating_mul(fifty), &["10.0.0.0/8"]).unwrap();
/// let readers: Router = limit.around(Router::new());
/// ```
#[derive(Debug, Clone)]
pub struct RateLimit(Arc<Limiter>);

#[derive(Debug)]
struct Limiter {
    clients: DefaultKeyedRateLimiter<IpAddr>,
    proxies: Vec<IpNet>,
    /// Requests since clients that are quiet were forgotten.
    since_sweep: AtomicU32,
}

/// After how many requests clients that are quiet are forgotten.
const SWEEP: u32 = 10_000;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl RateLimit {
    /// So many requests per second, and so many at once; `proxies` are the networks (CIDRs) whose
    /// `X-Forwarded-For` is believed.
    ///
    /// # Errors
    /// The text of `proxies` that is no network.
    pub fn new(
        per_second: NonZeroU32,
        burst: NonZeroU32,
        proxies: &[&str],
    ) -> Result<Self, String> {
        let network = |text: &&str| {
            let single = || text.parse::<IpAddr>().map(IpNet::from).ok();
            text.parse().ok().or_else(single).ok_or_else(|| format!("{text} is no network (CIDR)"))
        };
        let proxies = proxies.iter().map(network).collect::<Result<_, _>>()?;
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let clients = DefaultKeyedRateLimiter::keyed(quota);
        Ok(Self(Arc::new(Limiter { clients, proxies, since_sweep: AtomicU32::new(0) })))
    }

    /// These routes with the limit in front of them; what comes on top of it gets 429.
    pub fn around<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        routes.layer(from_fn_with_state(self.clone(), limit))
    }
}

async fn limit(State(limit): State<RateLimit>, request: Request, next: Next) -> Response {
    let limiter = &limit.0;
    if limiter.since_sweep.fetch_add(1, Ordering::Relaxed) >= SWEEP {
        limiter.since_sweep.store(0, Ordering::Relaxed);
        limiter.clients.retain_recent();
    }
    let client = limiter.client(request.extensions(), request.headers());
    match limiter.clients.check_key(&client) {
        Ok(()) => next.run(request).await,
        Err(early) => {
            let wait = early.wait_time_from(DefaultClock::default().now());
            Problem::too_often(wait.as_secs() + 1).into_response()
        }
    }
}

impl Limiter {
    fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let mut client = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical();
        // From the right: each proxy appends whom it saw, so whatever the client wrote itself
        // stands left of what a trusted proxy wrote.
        let forwarded =
            headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<_> = forwarded.flat_map(|value| value.split(',')).collect();
        for hop in hops.iter().rev() {
            if !self.proxies.iter().any(|network| network.contains(&client)) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
        }
        match client {
            IpAddr::V4(_) => client,
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                IpAddr::V6(network.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let one = NonZeroU32::MIN;
        let limit = RateLimit::new(one, one, &["10.0.0.0/8", "fd00::1"]).unwrap();
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let headers = forwarded.iter().map(|v| (FORWARDED_FOR, v.parse().unwrap())).collect();
        limit.0.client(&extensions, &headers).to_string()
    }

    #[tokio::test]
    async fn c5_memory_of_the_rate_limiter() {
        use axum::body::Body;
        use tower::ServiceExt;

        let (rate, burst) = (NonZeroU32::new(50).unwrap(), NonZeroU32::new(100).unwrap());
        let limit = RateLimit::new(rate, burst, &[]).unwrap();
        let routes = limit.around(Router::<()>::new().fallback(async || "fine"));
        let mut most = 0;
        for client in 0..100_000_u32 {
            let peer = SocketAddr::new(IpAddr::V4(client.into()), 1);
            let request = Request::builder().extension(ConnectInfo(peer)).body(Body::empty());
            let answer = routes.clone().oneshot(request.unwrap()).await.unwrap();
            assert_eq!(answer.status(), 200);
            most = most.max(limit.0.clients.len());
        }
        // Those since the last sweep, and those whom it found busy still.
        assert!(most <= 3 * SWEEP as usize, "{most} clients are remembered");
    }

    #[test]
    fn c4_only_what_a_trusted_proxy_wrote_is_believed() {
        for (peer, forwarded, wanted) in [
            ("192.0.2.1", vec![], "192.0.2.1"),
            ("192.0.2.1", vec!["198.51.100.7"], "192.0.2.1"),
            ("10.0.0.1", vec!["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", vec!["203.0.113.9", "198.51.100.7, 10.9.9.9"], "198.51.100.7"),
            ("10.0.0.1", vec!["203.0.113.9, nonsense"], "10.0.0.1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("::ffff:10.0.0.1", vec!["198.51.100.7"], "198.51.100.7"),
            ("fd00::1", vec!["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ] {
            assert_eq!(client(peer, &forwarded), wanted, "{peer} {forwarded:?}");
        }
        let one = NonZeroU32::MIN;
        assert!(RateLimit::new(one, one, &["10.0.0.0/33"]).unwrap_err().contains("10.0.0.0/33"));
    }
}
