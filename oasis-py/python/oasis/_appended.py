"""What became of an event that was brought to a ledger."""

from __future__ import annotations

from typing import NamedTuple

from oasis._oasis import Event


class Appended(NamedTuple):
    """What became of an event that was brought to a ledger."""

    event: Event
    """The row that the ledger holds: of a duplicate the first one that came."""

    duplicate: bool
    """Whether the ledger had the delivery already."""
