//! A task that wakes itself goes on at once.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// How often it goes on before others have their turn: more than a delivery needs.
const AT_ONCE: usize = 8;

/// A future whose wake-ups of itself, while it is polled, are answered by polling it again.
///
/// A connection hands the parts of a request's body to its own handler, so it wakes itself several
/// times for each delivery. To the runtime that is a task which stands in line again, and for a line
/// it wakes an idle thread: with nothing else to do, a lone delivery would pay for two threads that
/// look for work and find none, a third of all that it costs.
#[derive(Debug)]
pub(super) struct Repolled<F> {
    future: Pin<Box<F>>,
    bell: Arc<Bell>,
    waker: Waker,
}

/// Takes note of wake-ups while the future is polled, and hands them on while it isn't.
#[derive(Debug, Default)]
struct Bell {
    polled: AtomicBool,
    rung: AtomicBool,
    task: AtomicWaker,
}

impl<F> Repolled<F> {
    pub(super) fn new(future: F) -> Self {
        let bell = Arc::<Bell>::default();
        Self { future: Box::pin(future), waker: Arc::clone(&bell).into(), bell }
    }
}

impl<F: Future> Future for Repolled<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Self { future, bell, waker } = self.get_mut();
        bell.task.register(cx.waker());
        for _ in 0..AT_ONCE {
            bell.rung.store(false, Ordering::SeqCst);
            bell.polled.store(true, Ordering::SeqCst);
            let polled = future.as_mut().poll(&mut Context::from_waker(waker));
            bell.polled.store(false, Ordering::SeqCst);
            // Whoever rings from now on wakes the task; whoever rang before is seen here.
            if polled.is_ready() || !bell.rung.load(Ordering::SeqCst) {
                return polled;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::SeqCst);
        if !self.polled.load(Ordering::SeqCst) {
            self.task.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    /// Counts how often the runtime is asked to stand the task in line.
    #[derive(Default)]
    struct Line(AtomicUsize);

    impl Wake for Line {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Wakes itself so many times before it is ready.
    fn wakes_itself(mut times: usize) -> impl Future<Output = ()> {
        poll_fn(move |cx| {
            if times == 0 {
                return Poll::Ready(());
            }
            times -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }

    #[test]
    fn who_wakes_itself_is_polled_again_without_standing_in_line() {
        let line = Arc::<Line>::default();
        let mut task = Repolled::new(wakes_itself(AT_ONCE - 1));
        let waker = Arc::clone(&line).into();
        assert!(Pin::new(&mut task).poll(&mut Context::from_waker(&waker)).is_ready());
        assert_eq!(line.0.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn who_never_stops_stands_in_line() {
        let line = Arc::<Line>::default();
        let mut task = Repolled::new(wakes_itself(usize::MAX));
        let waker = Arc::clone(&line).into();
        assert!(Pin::new(&mut task).poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(line.0.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_wake_up_from_elsewhere_is_lost() {
        const PARTS: usize = 5_000;
        let (sender, mut parts) = tokio::sync::mpsc::channel(1);
        let sending = thread::spawn(move || (0..PARTS).try_for_each(|n| sender.blocking_send(n)));
        let taken = Repolled::new(async move {
            let mut taken = 0;
            while parts.recv().await.is_some() {
                taken += 1;
            }
            taken
        });
        assert_eq!(tokio::spawn(taken).await.unwrap(), PARTS);
        sending.join().unwrap().unwrap();
    }
}
