//! The tokio runtime that all ledgers of a process share.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use tokio::runtime::{Builder, Runtime};

use crate::errors::StoreError;

/// A process's runtime. A fork copies the memory of it but none of its threads, so what belongs to
/// the parent is of no use in the child: there it is an error instead of waiting for ever.
#[derive(Clone, Copy)]
pub(crate) struct Home {
    process: u32,
    runtime: &'static Runtime,
}

/// How many threads drive connections and timers; the databases have threads of their own.
const THREADS: usize = 2;

static HOME: Mutex<Option<Home>> = Mutex::new(None);

impl Home {
    /// The runtime of this process, started when it is first asked for, and again after a fork.
    pub(crate) fn current() -> PyResult<Self> {
        let mut home = HOME.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(home) = home.filter(Self::is_here) {
            return Ok(home);
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("oasis")
            .enable_all()
            .build()
            .map_err(|error| PyOSError::new_err(error.to_string()))?;
        // Kept until the process ends: nobody could say when the last user is gone.
        let started = Self { process: std::process::id(), runtime: Box::leak(Box::new(runtime)) };
        *home = Some(started);
        Ok(started)
    }

    /// Whether it belongs to this process, and not to the one that forked it.
    pub(crate) fn is_here(&self) -> bool {
        self.process == std::process::id()
    }

    /// The runtime, for what was opened in it.
    pub(crate) fn runtime(&self) -> PyResult<&'static Runtime> {
        if self.is_here() {
            return Ok(self.runtime);
        }
        Err(StoreError::new_err((
            "the store was opened before this process was forked; open it again in the child",
            "misconfigured",
        )))
    }
}

/// Something that must be dropped inside the runtime it was made in; in a forked child it is left
/// alone, because it is the parent's to close.
pub(crate) struct Housed<T> {
    home: Home,
    held: Option<T>,
}

impl<T> Housed<T> {
    pub(crate) fn new(home: Home, held: T) -> Self {
        Self { home, held: Some(held) }
    }

    pub(crate) fn home(&self) -> Home {
        self.home
    }

    pub(crate) fn as_ref(&self) -> Option<&T> {
        self.held.as_ref()
    }

    pub(crate) fn as_mut(&mut self) -> Option<&mut T> {
        self.held.as_mut()
    }

    /// For who drops it inside the runtime.
    pub(crate) fn take(&mut self) -> Option<T> {
        self.held.take()
    }
}

impl<T> Drop for Housed<T> {
    fn drop(&mut self) {
        if self.home.is_here() {
            let _inside = self.home.runtime.enter();
            drop(self.held.take());
        } else {
            std::mem::forget(self.held.take());
        }
    }
}
