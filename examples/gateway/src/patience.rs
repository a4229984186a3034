//! Trying again what may work later.

use std::time::Duration;

use anyhow::Result;

use crate::backoff::Backoff;
use crate::fault::Fault;

/// How often something is tried.
const TRIES: u32 = 8;
/// The first wait is a thirtieth of this.
const PACE: Duration = Duration::from_secs(15);

/// Does this until it works, until it never will, or until it has failed eight times in a row.
/// `what` is what is said to be tried again.
pub(crate) async fn patiently<T>(
    what: &str,
    mut attempt: impl AsyncFnMut() -> Result<T, Fault>,
) -> Result<T> {
    let mut backoff = Backoff::around(PACE);
    loop {
        match attempt().await {
            Ok(done) => return Ok(done),
            Err(Fault::Later(error, asked)) if backoff.failures() + 1 < TRIES => {
                let wait = backoff.wait(asked);
                tracing::warn!("{what}: {error:#}; again in {} s", wait.as_secs_f32().ceil());
                tokio::time::sleep(wait).await;
            }
            Err(fault) => return Err(fault.error()),
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_may_work_later_is_tried_eight_times_and_what_never_does_once() {
        for (fails, tries, works) in [(0, 1, true), (7, 8, true), (8, 8, false)] {
            let mut tried = 0;
            let done = patiently("a test", async || {
                tried += 1;
                if tried > fails { Ok(()) } else { Err(Fault::later(anyhow!("away"))) }
            });
            assert_eq!((done.await.is_ok(), tried), (works, tries));
        }
        let mut tried = 0;
        let never = patiently("a test", async || {
            tried += 1;
            Err::<(), _>(Fault::Never(anyhow!("no such thing")))
        });
        assert_eq!(never.await.unwrap_err().to_string(), "no such thing");
        assert_eq!(tried, 1);
    }
}
