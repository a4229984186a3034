"""Verify webhooks, find the task id, normalise to one event.

The work is done by the same Rust code that the gateway runs, so the same input
gives the same event. What takes long, hashing and parsing, runs without the GIL.
"""

from oasis._oasis import (
    DeliveryError,
    OasisError,
    SecretError,
    __version__,
    extract_vtid,
    normalize_github,
    verify_signature,
)

__all__ = [
    "DeliveryError",
    "OasisError",
    "SecretError",
    "__version__",
    "extract_vtid",
    "normalize_github",
    "verify_signature",
]
