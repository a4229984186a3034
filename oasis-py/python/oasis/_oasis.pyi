from collections.abc import Sequence
from typing import Any

__version__: str

class OasisError(Exception):
    """What every error of this package is."""

class SecretError(OasisError):
    """A secret can't be used: it is empty, or there is none."""

class DeliveryError(OasisError):
    """An event name or a delivery id is not one that a source sends."""

def verify_signature(
    secret: str | bytes | Sequence[str | bytes],
    body: bytes,
    signature: str,
) -> bool:
    """Whether one of the secrets signed these bytes.

    ``signature`` is the value of ``X-Hub-Signature-256``. Whatever a sender puts
    there, the answer is ``True`` or ``False``: only an unusable secret raises
    ``SecretError``.
    """

def extract_vtid(text: str) -> str | None:
    """The first task id in a text, in capitals, or ``None``."""

def normalize_github(
    event: str,
    body: bytes,
    delivery_id: str | None = None,
) -> dict[str, Any]:
    """The event that a GitHub delivery becomes, as a dict in the contract's order.

    ``event`` and ``delivery_id`` are the values of ``X-GitHub-Event`` and
    ``X-GitHub-Delivery``; ``DeliveryError`` if a delivery can't carry them. The body
    is trusted as it is: call ``verify_signature`` first for bytes that came over a
    network.
    """
