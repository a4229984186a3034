//! Work of a ledger, to be waited for by a thread or by an event loop.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::task::AbortHandle;

use crate::errors;
use crate::runtime::{Home, Housed};

/// How long a thread waits before it looks whether Ctrl-C was pressed.
const TICK: Duration = Duration::from_millis(100);

/// Work that has not begun. `wait()` does it in this thread; `start()` does it in the background
/// and calls back.
#[pyclass(frozen, module = "oasis._oasis")]
pub(crate) struct Operation {
    home: Home,
    state: Arc<Mutex<State>>,
}

enum State {
    New(Housed<Work>),
    Running(AbortHandle),
    Done(Answer),
    /// Its answer was taken, or it never will have one.
    Over,
}

type Work = Pin<Box<dyn Future<Output = Answer> + Send>>;
/// What it came to, made Python's by the thread that asks for it.
type Answer = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

impl Operation {
    /// This work, to be done in the runtime that what it is about was opened in; `convert` makes
    /// its outcome Python's.
    pub(crate) fn at<T: Send + 'static>(
        home: Home,
        work: impl Future<Output = T> + Send + 'static,
        convert: impl FnOnce(Python<'_>, T) -> PyResult<Py<PyAny>> + Send + 'static,
    ) -> PyResult<Self> {
        home.runtime()?;
        let work: Work = Box::pin(AssertUnwindSafe(work).catch_unwind().map(|outcome| {
            let answer: Answer = match outcome {
                Ok(outcome) => Box::new(|py| errors::guarded(|| convert(py, outcome))),
                Err(fault) => {
                    let error = errors::panicked(&*fault);
                    Box::new(|_| Err(error))
                }
            };
            answer
        }));
        Ok(Self { home, state: Arc::new(Mutex::new(State::New(Housed::new(home, work)))) })
    }
}

#[pymethods]
impl Operation {
    /// Does it in this thread, without the GIL, and gives what it came to; Ctrl-C ends it.
    fn wait(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let runtime = self.home.runtime()?;
        let mut work = self.begin()?;
        loop {
            let Some(future) = work.as_mut() else { return Err(begun()) };
            let step =
                py.detach(|| runtime.block_on(async { tokio::time::timeout(TICK, future).await }));
            match step {
                Ok(answer) => return answer(py),
                Err(_) => py.check_signals()?,
            }
        }
    }

    /// Does it in the background; `done` is called by another thread when `result()` has it.
    fn start(&self, done: Py<PyAny>) -> PyResult<()> {
        let runtime = self.home.runtime()?;
        let mut work = self.begin()?;
        let Some(work) = work.take() else { return Err(begun()) };
        let state = Arc::clone(&self.state);
        // Held, so that the task can't end before it stands there as running.
        let mut running = lock(&self.state);
        let task = runtime.spawn(async move {
            let answer = work.await;
            *lock(&state) = State::Done(answer);
            // Nobody is there to call when the interpreter shuts down.
            Python::try_attach(|py| {
                if let Err(error) = done.call0(py) {
                    error.write_unraisable(py, None);
                }
                drop(done);
            });
        });
        *running = State::Running(task.abort_handle());
        Ok(())
    }

    /// Stops it; whether an append that was under way took place is then not known.
    fn cancel(&self) {
        if let State::Running(task) = std::mem::replace(&mut *lock(&self.state), State::Over) {
            task.abort();
        }
    }

    /// What it came to, once.
    fn result(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let mut state = lock(&self.state);
        match std::mem::replace(&mut *state, State::Over) {
            State::Done(answer) => {
                drop(state);
                answer(py)
            }
            other => {
                *state = other;
                Err(PyRuntimeError::new_err("there is no result"))
            }
        }
    }
}

impl Operation {
    fn begin(&self) -> PyResult<Housed<Work>> {
        let mut state = lock(&self.state);
        match std::mem::replace(&mut *state, State::Over) {
            State::New(work) => Ok(work),
            other => {
                *state = other;
                Err(begun())
            }
        }
    }
}

fn begun() -> PyErr {
    PyRuntimeError::new_err("an operation is done once")
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // No code that can fail runs while it is held.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
