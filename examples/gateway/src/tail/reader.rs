//! Whoever reads what is printed.

/// Returns when nobody reads stdout any more, as after `| head -1`: on a quiet feed no write would
/// tell. Never returns where that can't be known, as with a file.
#[cfg(unix)]
pub(super) async fn gone() {
    use rustix::event::{PollFd, PollFlags, poll};

    let (tell, told) = tokio::sync::oneshot::channel();
    // A thread of its own, which waits as long as the process lives: tokio's `AsyncFd` would do,
    // but it is unsafe to make one.
    std::thread::spawn(move || {
        let stdout = std::io::stdout();
        // That the other end is closed is told without being asked for.
        let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
        if poll(&mut watched, None).is_ok() {
            let _ = tell.send(());
        }
    });
    if told.await.is_err() {
        std::future::pending().await
    }
}

#[cfg(not(unix))]
pub(super) async fn gone() {
    std::future::pending().await
}
