//! A connection whose client was told to come later, and comes at once.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::Response;
use axum::http::header::RETRY_AFTER;
use tokio::time::{Instant, sleep_until};

/// How long a connection rests after such an answer. Who waits as long as it was told doesn't notice.
const REST: Duration = Duration::from_millis(100);

/// How long it rests at most: each time that it comes too early it is twice as long.
const LONGEST: Duration = Duration::from_secs(1);

/// Answers of one connection, each at once; but when one of them told the client to come later, the
/// next request is not looked at before the connection has rested.
///
/// A refusal costs less than what is refused, but not nothing: clients who come again at once, and
/// there may be thousands of them, would take the machine for refusals, and what was accepted would
/// stand in line behind them.
#[derive(Debug, Clone, Default)]
pub(super) struct Paced {
    rest: Arc<Mutex<Option<Rest>>>,
}

#[derive(Debug, Clone, Copy)]
struct Rest {
    until: Instant,
    lasts: Duration,
}

impl Paced {
    /// The answer, which is not begun before it is time.
    pub(super) async fn answer<B, E>(
        self,
        answering: impl Future<Output = Result<Response<B>, E>>,
    ) -> Result<Response<B>, E> {
        let rest = self.then(None);
        let early = rest.filter(|rest| rest.until > Instant::now());
        if let Some(rest) = early {
            sleep_until(rest.until).await;
        }
        let answer = answering.await?;
        if answer.headers().contains_key(RETRY_AFTER) {
            let lasts = early.map_or(REST, |rest| LONGEST.min(2 * rest.lasts));
            self.then(Some(Rest { until: Instant::now() + lasts, lasts }));
        }
        Ok(answer)
    }

    /// How it was to rest, and will from now on.
    fn then(&self, next: Option<Rest>) -> Option<Rest> {
        // Nothing panics while it is held.
        std::mem::replace(&mut *self.rest.lock().unwrap_or_else(PoisonError::into_inner), next)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    async fn ask(connection: &Paced, later: bool) -> Duration {
        let asked = Instant::now();
        let answer = connection.clone().answer(async move {
            let answer = Response::builder();
            let answer = if later { answer.header(RETRY_AFTER, 5) } else { answer };
            Ok::<_, Infallible>(answer.body(asked.elapsed()).unwrap())
        });
        answer.await.unwrap().into_body()
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_again_at_once_waits_and_who_comes_later_does_not() {
        let connection = Paced::default();
        assert_eq!(ask(&connection, false).await, Duration::ZERO);
        assert_eq!(ask(&connection, true).await, Duration::ZERO, "it is told at once");
        assert_eq!(ask(&connection, true).await, REST, "and again after a rest");
        assert_eq!(ask(&connection, false).await, 2 * REST, "which is longer each time");
        assert_eq!(ask(&connection, true).await, Duration::ZERO, "the rest is over");
        tokio::time::advance(REST).await;
        assert_eq!(ask(&connection, true).await, Duration::ZERO, "as it was told");
        assert_eq!(ask(&connection, false).await, REST, "and so it is as at first");
    }

    #[tokio::test(start_paused = true)]
    async fn no_rest_is_longer_than_a_second() {
        let connection = Paced::default();
        for _ in 0..9 {
            ask(&connection, true).await;
        }
        assert_eq!(ask(&connection, true).await, LONGEST);
    }

    #[tokio::test(start_paused = true)]
    async fn another_connection_does_not_wait() {
        ask(&Paced::default(), true).await;
        assert_eq!(ask(&Paced::default(), false).await, Duration::ZERO);
    }
}
