"""The ledger."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TypedDict

from oasis._awaiting import awaited
from oasis._errors import PayloadError, StoreError
from oasis._events import Follow, Query
from oasis._oasis import Event, Ledger

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from oasis._appended import Appended


class Filters(TypedDict, total=False):
    """Which events are meant; what is left out or ``None`` doesn't matter."""

    vtid: str | None
    """Of this task; ``UNSET`` means events without one."""
    layer: str | None
    module: str | None
    source: str | None
    kind: str | None
    status: str | None
    since: datetime | str | None
    """That happened at this moment or later: an aware datetime, or RFC 3339 text."""
    until: datetime | str | None
    """That happened before this moment."""
    text: str | None
    """With this text in their title, task, reference, link or delivery id, in any case."""


class Store:
    """A ledger of events: durable, each delivery once, numbered 1, 2, 3 … in the order of commit.

    Open it with ``memory``, ``sqlite`` or ``postgres``. Each method has a twin for asyncio whose
    name starts with ``a``. A store may be shared by threads and event loops; after a fork, open it
    again in the child.
    """

    def __init__(self, ledger: Ledger, shown: str) -> None:
        self._open: Ledger | None = ledger
        self._shown = shown

    @classmethod
    def memory(cls) -> Store:
        """An empty ledger that ends with the process."""
        return cls(Ledger.memory(), "memory")

    @classmethod
    def sqlite(cls, path: str | os.PathLike[str]) -> Store:
        """The ledger in this file, which is made if it isn't there.

        Several processes may open the same file; it must lie on a local disk.
        """
        return cls(Ledger.sqlite(path).wait(), "sqlite")

    @classmethod
    async def asqlite(cls, path: str | os.PathLike[str]) -> Store:
        """``sqlite`` for asyncio."""
        return cls(await awaited(Ledger.sqlite(path)), "sqlite")

    @classmethod
    def postgres(cls, url: str) -> Store:
        """The ledger in the database ``postgres://user:password@host:port/database``.

        Add ``?pgbouncer=true`` behind PgBouncer in transaction mode.
        """
        return cls(Ledger.postgres(url).wait(), "postgres")

    @classmethod
    async def apostgres(cls, url: str) -> Store:
        """``postgres`` for asyncio."""
        return cls(await awaited(Ledger.postgres(url)), "postgres")

    def append(self, event: Event) -> Appended:
        """Records an event: when it returns, the row is durable."""
        return self.ledger.append([event]).wait()[0]

    async def aappend(self, event: Event) -> Appended:
        """``append`` for asyncio."""
        return (await awaited(self.ledger.append([event])))[0]

    def append_all(self, events: Iterable[Event]) -> list[Appended]:
        """Records events in their order, all or none, and answers for each."""
        return self.ledger.append(list(events)).wait()

    async def aappend_all(self, events: Iterable[Event]) -> list[Appended]:
        """``append_all`` for asyncio."""
        return await awaited(self.ledger.append(list(events)))

    def get(self, id: str | uuid.UUID) -> Event | None:
        """The event with this id."""
        return self.ledger.get(id).wait()

    async def aget(self, id: str | uuid.UUID) -> Event | None:
        """``get`` for asyncio."""
        return await awaited(self.ledger.get(id))

    def count(self, **filters: Unpack[Filters]) -> int:
        """How many events match; the filters are those of ``query``."""
        return self.ledger.count({**filters}).wait()

    async def acount(self, **filters: Unpack[Filters]) -> int:
        """``count`` for asyncio."""
        return await awaited(self.ledger.count({**filters}))

    def head(self) -> int:
        """The position of the newest event, 0 in an empty ledger."""
        return self.ledger.head().wait()

    async def ahead(self) -> int:
        """``head`` for asyncio."""
        return await awaited(self.ledger.head())

    def query(
        self,
        *,
        order: Literal["desc", "asc"] = "desc",
        limit: int | None = None,
        after: int = 0,
        **filters: Unpack[Filters],
    ) -> Query:
        """The events that match, the newest first: for ``for`` and for ``async for``.

        It reads page by page as it goes. ``limit`` is how many at most, ``after`` starts behind
        this position in the order.
        """
        if order not in ("desc", "asc"):
            raise PayloadError(f"`order` must be desc or asc, not {order!r}", "order")
        if limit is not None and limit < 0:
            raise PayloadError("`limit` must be 0 or more", "limit")
        return Query(self.ledger, {**filters}, order, limit, after)

    def follow(self, *, after: int = 0) -> Follow:
        """The ledger from behind this position on, without an end: for ``for`` and ``async for``.

        ``after=store.head()`` gives only what comes from now on.
        """
        return Follow(self.ledger, after)

    def close(self) -> None:
        """Lets go of the ledger; it closes when nothing under way uses it any more."""
        self._open = None

    @property
    def ledger(self) -> Ledger:
        """The engine behind this store."""
        if self._open is None:
            raise StoreError("the store is closed", "misconfigured")
        return self._open

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self._shown}{'' if self._open else ' (closed)'}>"
