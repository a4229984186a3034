"""Events of a ledger, read page by page: one object for loops of both kinds."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Literal

from oasis._awaiting import awaited
from oasis._oasis import Event

if TYPE_CHECKING:
    from oasis._oasis import Ledger, Operation

_PAGE = 500
"""How many events are read in one go."""


class Query(Iterator[Event], AsyncIterator[Event]):
    """The events that match: ``for event in query``, or ``async for event in query``.

    Pages are read as they are needed. What is appended meanwhile comes neither twice nor makes
    another event come twice.
    """

    def __init__(
        self,
        ledger: Ledger,
        filters: dict[str, object],
        order: Literal["desc", "asc"],
        limit: int | None,
        after: int,
    ) -> None:
        self._ledger = ledger
        self._filters = filters
        self._newest_first = order == "desc"
        self._left = limit
        self._after = after
        self._more = True
        self._read: deque[Event] = deque()

    def __iter__(self) -> Query:
        return self

    def __next__(self) -> Event:
        while not self._read:
            if not self._goes_on():
                raise StopIteration
            self._take(self._page().wait())
        return self._read.popleft()

    def __aiter__(self) -> Query:
        return self

    async def __anext__(self) -> Event:
        while not self._read:
            if not self._goes_on():
                raise StopAsyncIteration
            self._take(await awaited(self._page()))
        return self._read.popleft()

    def _goes_on(self) -> bool:
        return self._more and self._left != 0

    def _page(self) -> Operation[tuple[list[Event], int]]:
        size = _PAGE if self._left is None else min(self._left, _PAGE)
        return self._ledger.page(self._filters, self._newest_first, size, self._after)

    def _take(self, page: tuple[list[Event], int]) -> None:
        events, self._after = page
        self._more = self._after != 0
        if self._left is not None:
            self._left -= len(events)
        self._read.extend(events)


class Follow(Iterator[Event], AsyncIterator[Event]):
    """The ledger from a position on, without an end: first what is there, then what comes.

    ``for event in follow`` waits in this thread, and Ctrl-C ends it; ``async for event in follow``
    lets the event loop go on. No event is missed and none comes twice.
    """

    def __init__(self, ledger: Ledger, after: int) -> None:
        self._ledger = ledger
        self._position = after
        self._read: deque[Event] = deque()

    @property
    def position(self) -> int:
        """The position of the last event that was given: where to go on another time."""
        return self._position

    def __iter__(self) -> Follow:
        return self

    def __next__(self) -> Event:
        if not self._read:
            self._read.extend(self._ledger.follow(self._position).wait())
        return self._given()

    def __aiter__(self) -> Follow:
        return self

    async def __anext__(self) -> Event:
        if not self._read:
            events = await awaited(self._ledger.follow(self._position))
            self._read.extend(events)
        return self._given()

    def _given(self) -> Event:
        event = self._read.popleft()
        self._position = event.position or self._position
        return event
