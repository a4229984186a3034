"""The one family of errors, split by who must act."""

from __future__ import annotations

from typing import Literal


class OasisError(Exception):
    """What every error of this package is.

    Raised itself only for a fault of the package's own.
    """


class SignatureError(OasisError):
    """The sender proves nothing: the signature is missing, malformed or wrong.

    Answer a webhook with 401.
    """


class PayloadError(OasisError, ValueError):
    """Something handed in is not what it must be.

    Answer a webhook with 400. A body that was signed and can't be read is no error: it becomes an
    event that says so.
    """

    field: str | None
    """The field, argument or header that it is about, where it is about one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message, field)
        self.field = field

    def __str__(self) -> str:
        return str(self.args[0])


class SecretError(OasisError, ValueError):
    """A secret can't be used: it is empty, or there is none. Your configuration must change."""


class StoreError(OasisError):
    """The ledger could not do what was asked; what made it fail is its ``__cause__``.

    Answer a webhook with 503: the same delivery may come again, it is stored once.
    """

    kind: Literal["unavailable", "corrupt", "misconfigured"]
    """``unavailable``: try again later. ``corrupt``: somebody must look. ``misconfigured``: the
    configuration or the schema must change."""

    def __init__(
        self,
        message: str,
        kind: Literal["unavailable", "corrupt", "misconfigured"] = "unavailable",
    ) -> None:
        super().__init__(message, kind)
        self.kind = kind

    def __str__(self) -> str:
        return str(self.args[0])
