"""The one family of errors, split by who must act."""

from __future__ import annotations

from typing import Literal


class OasisError(Exception):
    """What every error of this package is.

    Raised itself only for a fault of the package's own.
    """

    http_status: int = 500
    """What to answer a webhook with. The error's text may be told as well: it holds no secret and
    nothing of the database, which is in ``__cause__``."""


class SignatureError(OasisError):
    """The sender proves nothing: the signature is missing, malformed or wrong."""

    http_status = 401


class PayloadError(OasisError, ValueError):
    """Something handed in is not what it must be.

    A body that was signed and can't be read is no error: it becomes an event that says so.
    """

    field: str | None
    """The field, argument or header that it is about, where it is about one."""

    def __init__(self, message: str, field: str | None = None, http_status: int = 400) -> None:
        super().__init__(message, field, http_status)
        self.field = field
        self.http_status = http_status

    def __str__(self) -> str:
        return str(self.args[0])


class SecretError(OasisError, ValueError):
    """A secret can't be used: it is empty, or there is none. Your configuration must change."""


class StoreError(OasisError):
    """The ledger could not do what was asked; what made it fail is its ``__cause__``.

    The same delivery may come again, it is stored once.
    """

    http_status = 503

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
