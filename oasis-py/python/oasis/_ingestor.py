"""Deliveries into a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oasis._awaiting import awaited
from oasis._oasis import Ingest

if TYPE_CHECKING:
    from oasis._appended import Appended
    from oasis._arguments import Body, Headers, Schemes, Secrets
    from oasis._store import Store


class Ingestor:
    """Takes GitHub's deliveries in: verifies, normalises, appends.

    ``secrets`` is one secret, or several while one replaces another; any of them verifies.
    ``schemes`` are the forms of your task ids where they aren't the default ones.
    """

    def __init__(
        self, secrets: Secrets, store: Store, *, schemes: Schemes | None = None
    ) -> None:
        self._ingest = Ingest(secrets, store.ledger, schemes)

    def ingest(self, headers: Headers, body: Body) -> Appended:
        """Takes one delivery: when it returns, the row is durable.

        ``headers`` are the request's, ``body`` its raw bytes. ``SignatureError`` and
        ``PayloadError`` mean that nothing was stored; after ``StoreError`` the delivery may be
        brought again, it is stored once.
        """
        return self._ingest.github(headers, body).wait()

    async def aingest(self, headers: Headers, body: Body) -> Appended:
        """``ingest`` for asyncio: the event loop goes on while the body is hashed and stored."""
        return await awaited(self._ingest.github(headers, body))
