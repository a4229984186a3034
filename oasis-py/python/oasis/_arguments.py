"""What the package's functions take, in the forms in which programs have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, Union

if TYPE_CHECKING:
    from oasis._oasis import VtidScheme


class HasItems(Protocol):
    """Multi-dicts of the web frameworks, which are no mappings."""

    def items(self) -> Iterable[tuple[Any, Any]]: ...


Text: TypeAlias = Union[str, bytes]

Secrets: TypeAlias = Union[Text, Sequence[Text]]
"""One secret, or several while one replaces another."""

Body: TypeAlias = Union[bytes, bytearray, memoryview]
"""The raw bytes of a request. ``bytes`` are not copied, the others are."""

Headers: TypeAlias = Union[Mapping[str, str], HasItems, Iterable[tuple[Text, Text]]]
"""A request's headers: a mapping, whatever has ``items()``, or pairs."""

Schemes: TypeAlias = Union[Text, Sequence["VtidScheme | str | bytes"]]
"""Forms of task ids, in the order in which they are tried; text is read as ``VtidScheme`` does."""

Status: TypeAlias = Literal[
    "queued", "in_progress", "success", "failure", "cancelled", "info", "warning", "error"
]
