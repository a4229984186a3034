import os
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar, final

from oasis._appended import Appended
from oasis._arguments import Body, Headers, Schemes, Secrets, Status

# As in a debug build, which has `_panic` for its tests.
__all__ = [
    "Event",
    "Ingest",
    "Ledger",
    "Operation",
    "Verifier",
    "VtidScheme",
    "__version__",
    "_panic",
    "extract_vtid",
    "normalize_event",
    "normalize_gcp",
    "normalize_github",
    "verify_signature",
]
__version__: str

_T = TypeVar("_T")
@final
class Event:
    """Something that happened, in the one shape that all sources become.

    It can't be changed. Two are equal when all they say is; they can be hashed, copied and pickled.
    """

    @classmethod
    def from_json(cls, text: str | bytes) -> Event:
        """The event of a JSON object as ``to_json`` writes it.

        ``PayloadError`` says what is wrong with another one.
        """

    @classmethod
    def from_dict(cls, members: Mapping[str, Any]) -> Event:
        """The event of a dict as ``to_dict`` makes it.

        ``PayloadError`` says what is wrong with another one.
        """

    @property
    def id(self) -> str:
        """The id, a UUID."""

    @property
    def position(self) -> int | None:
        """The place in the ledger, from 1 on; ``None`` until it is stored."""

    @property
    def ts(self) -> datetime:
        """When it happened at its source. In UTC; when it came where the source doesn't say."""

    @property
    def recorded_at(self) -> datetime | None:
        """When the ledger stored it; ``None`` until then. In UTC."""

    @property
    def vtid(self) -> str:
        """The task id, or ``UNSET``."""

    @property
    def layer(self) -> str:
        """The word after the task id's prefix, or the source's default."""

    @property
    def module(self) -> str:
        """The part of the work that it is about: ``WORKFLOW``, ``PR``, ``DEPLOY`` …"""

    @property
    def source(self) -> str:
        """Where it comes from: ``github.actions``, ``gcp.deploy``, ``agent.ping`` …"""

    @property
    def kind(self) -> str:
        """The source's own name for it: ``workflow_run``, ``pull_request`` …"""

    @property
    def status(self) -> Status:
        """How the thing that it tells of stands."""

    @property
    def title(self) -> str:
        """``LAYER-MODULE-ACTION``."""

    @property
    def ref(self) -> str | None:
        """The branch, tag or revision."""

    @property
    def link(self) -> str | None:
        """A page that shows more; http or https, nothing else."""

    @property
    def meta(self) -> dict[str, Any]:
        """What else it carries, as a dict of the caller's own: changing it changes no event."""

    @property
    def delivery_id(self) -> str | None:
        """The source's id for the delivery."""

    def to_json(self) -> str:
        """The event as JSON, byte for byte as every other part of OASIS writes it."""

    def to_dict(self) -> dict[str, Any]:
        """The event as a dict that ``json.dumps`` takes, in the order of the contract."""

    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]: ...

@final
class VtidScheme:
    """One way to spell a task id, of a text such as ``numbered(PROJ,1-6)``.

    | text | finds |
    | --- | --- |
    | ``canonical`` | ``DEV-CICDL-0031``; any prefix in capitals, ``DEV`` and ``PROD`` in any case |
    | ``canonical(DEV,OPS)`` | the same with these prefixes in any case |
    | ``only(DEV,OPS)`` | the canonical form with these prefixes and no other |
    | ``numbered(PROJ,1-6)`` | ``PROJ-123``; 4 to 6 digits where none are said |
    | ``words(BOOTSTRAP,1-8)`` | ``BOOTSTRAP-SOME-WORDS``; 1 to 8 words where none are said |

    ``PayloadError`` says what is wrong with another text. ``str()`` gives the text.
    """

    def __new__(cls, text: str | bytes) -> VtidScheme: ...
    @classmethod
    def canonical(cls, *prefixes: str | bytes) -> VtidScheme:
        """``PREFIX-LAYER-NUMBER``; these prefixes also in small letters, any other in capitals."""

    @classmethod
    def only(cls, *prefixes: str | bytes) -> VtidScheme:
        """``PREFIX-LAYER-NUMBER`` with these prefixes and no other."""

    @classmethod
    def numbered(cls, *prefixes: str | bytes, digits: tuple[int, int] = ...) -> VtidScheme:
        """``PREFIX-NUMBER``, with so many digits: 4 to 6 where none are said."""

    @classmethod
    def worded(cls, *prefixes: str | bytes, words: tuple[int, int] = ...) -> VtidScheme:
        """``PREFIX-SOME-WORDS``, with so many words: 1 to 8 where none are said."""

    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[VtidScheme], tuple[str]]: ...

@final
class Verifier:
    """Verifies what GitHub sends, with any of its secrets, whose keys are mixed in once.

    ``schemes`` are the forms of your task ids where they aren't the default ones. ``SecretError``
    where a secret is empty, or there is none.
    """

    def __new__(cls, secrets: Secrets, *, schemes: Schemes | None = None) -> Verifier: ...
    def event(self, headers: Headers, body: Body) -> Event:
        """The event that a signed delivery becomes.

        For who keeps events elsewhere than in a ``Store``. ``headers`` are the request's, ``body``
        its raw bytes. ``SignatureError`` and ``PayloadError`` say why it is refused.
        """

    def verify(self, body: Body, signature: str | bytes | None) -> bool:
        """Whether one of the secrets signed these bytes.

        ``signature`` is the value of ``X-Hub-Signature-256``, ``None`` where it is missing.
        """

    def check(self, body: Body, signature: str | bytes | None) -> None:
        """The same, but a ``SignatureError`` says why not."""

    def sign(self, body: Body) -> str:
        """The signature that GitHub would send with this body, made with the first secret."""

def verify_signature(secret: Secrets, body: Body, signature: str | bytes | None) -> bool:
    """Whether one of the secrets signed these bytes.

    ``signature`` is the value of ``X-Hub-Signature-256``, ``None`` where it is missing. Whatever a
    sender puts there, the answer is ``True`` or ``False``: only an unusable secret raises
    ``SecretError``.
    """

def extract_vtid(text: str | bytes, schemes: Schemes | None = None) -> str | None:
    """The first task id in a text, in capitals, or ``None``.

    ``schemes`` are tried in their order; without them, ``canonical`` and ``numbered(VTID,4-6)``.
    """

def normalize_github(
    event: str | bytes,
    body: Body,
    delivery_id: str | bytes | None = None,
    headers: Headers | None = None,
) -> Event:
    """The event that a GitHub delivery becomes; its body is trusted as it is.

    ``event`` is the value of ``X-GitHub-Event``. Of the ``headers`` the body's type is read, so
    that a form is unpacked, and ``X-GitHub-Delivery`` where no ``delivery_id`` is given. Whatever
    stands in the body, there is an event; ``PayloadError`` says that a name or a header is one that
    no delivery carries. Verify first what came over a network, or use an ``Ingestor``.
    """

def normalize_gcp(body: Body, headers: Headers | None = None) -> Event:
    """The event that a delivery of Pub/Sub's or Eventarc's becomes; its body is trusted as it is.

    A wrapped push needs no ``headers``; an unwrapped one and a CloudEvent in binary mode have their
    attributes there. Whatever stands in the body, there is an event.
    """

def normalize_event(members: Mapping[str, Any] | str | bytes) -> Event:
    """The event that a JSON object tells of, in any shape that the gateway's ingest reads.

    ``kind`` must be there; ``PayloadError`` names the first field that is not what it must be.
    """

@final
class Operation(Generic[_T]):
    """Work that has not begun. It is done once, by ``wait`` or by ``start``."""

    def wait(self) -> _T:
        """Does it in this thread, without the GIL, and gives what it came to; Ctrl-C ends it."""

    def start(self, done: Callable[[], object]) -> None:
        """Does it in the background; ``done`` is called by another thread when ``result()`` has it."""

    def cancel(self) -> None:
        """Stops it; whether an append that was under way took place is then not known."""

    def result(self) -> _T:
        """What it came to, once."""

@final
class Ledger:
    """An open ledger; ``Store`` stands on it."""

    @classmethod
    def memory(cls) -> Ledger:
        """An empty ledger in memory."""

    @classmethod
    def sqlite(cls, path: str | os.PathLike[str]) -> Operation[Ledger]:
        """Opens the ledger in a file."""

    @classmethod
    def postgres(cls, url: str) -> Operation[Ledger]:
        """Opens the ledger in the database of a URL."""

    def append(self, events: list[Event]) -> Operation[list[Appended]]:
        """Records events, all or none."""

    def get(self, id: str | uuid.UUID) -> Operation[Event | None]:
        """The event with this id."""

    def count(self, filters: dict[str, Any]) -> Operation[int]:
        """How many events match."""

    def head(self) -> Operation[int]:
        """The newest position, 0 in an empty ledger."""

    def page(
        self, filters: dict[str, Any], newest_first: bool, limit: int, after: int
    ) -> Operation[tuple[list[Event], int]]:
        """A page: the events, and after which position the next one starts, 0 when there is none."""

    def follow(self, after: int) -> Operation[list[Event]]:
        """The events after a position, from the oldest on: at least one, waiting for it if need be."""

@final
class Ingest:
    """Takes deliveries into a ledger; ``Ingestor`` stands on it."""

    def __new__(
        cls, secrets: Secrets, ledger: Ledger, schemes: Schemes | None = None
    ) -> Ingest: ...
    def github(self, headers: Headers, body: Body) -> Operation[Appended]:
        """Takes one delivery of GitHub's: when it is done, the row is durable."""

def _panic(in_operation: bool) -> Operation[None]:
    """Of a debug build, for its tests: a fault where it is asked for."""
