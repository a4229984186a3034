"""Verify webhooks, find the task id, normalise to one event, keep it in a durable ledger.

The work is done by the same Rust code that the gateway runs, so the same input gives the same
event. What takes long, hashing, parsing and IO, runs without the GIL.
"""

from oasis._appended import Appended
from oasis._errors import OasisError, PayloadError, SecretError, SignatureError, StoreError
from oasis._events import Follow, Query
from oasis._heartbeat import Heartbeat
from oasis._ingestor import Ingestor
from oasis._oasis import (
    Event,
    Verifier,
    VtidScheme,
    __version__,
    extract_vtid,
    normalize_event,
    normalize_gcp,
    normalize_github,
    verify_signature,
)
from oasis._store import Filters, Store

__all__ = [
    "Appended",
    "Event",
    "Filters",
    "Follow",
    "Heartbeat",
    "Ingestor",
    "OasisError",
    "PayloadError",
    "Query",
    "SecretError",
    "SignatureError",
    "Store",
    "StoreError",
    "Verifier",
    "VtidScheme",
    "__version__",
    "extract_vtid",
    "normalize_event",
    "normalize_gcp",
    "normalize_github",
    "verify_signature",
]
