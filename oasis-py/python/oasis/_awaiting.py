"""The bridge from the ledger's threads to an event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from oasis._oasis import Operation

T = TypeVar("T")


async def awaited(operation: Operation[T]) -> T:
    """Does an operation in the background while the event loop goes on.

    When the task that waits is cancelled, the operation is stopped.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not ended.done():
            ended.set_result(None)

    def wake() -> None:
        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            pass  # The loop is closed: nobody waits any more.

    operation.start(wake)
    try:
        await ended
    except BaseException:
        operation.cancel()
        raise
    return operation.result()
