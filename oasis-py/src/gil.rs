//! What runs while other threads of Python run too.

use pyo3::Python;
use pyo3::marker::Ungil;

/// Up to so many bytes, giving the GIL away and waiting for it costs more than the work.
const SHORT: usize = 2048;

/// Does this, which takes a time that grows with so many bytes, without the GIL if that is worth it.
pub(crate) fn without<T: Ungil>(
    py: Python<'_>,
    bytes: usize,
    work: impl Ungil + FnOnce() -> T,
) -> T {
    if bytes < SHORT { work() } else { py.detach(work) }
}
