"""The event as a value: equal, hashable, copied and pickled, never changed."""

import copy
import json
import pickle
from datetime import datetime, timezone

import oasis
import pytest

BODY = b'{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"o/r"},"commits":[]}'


def event() -> oasis.Event:
    return oasis.normalize_github("push", BODY, "d-1")


def test_it_comes_back_from_json_dict_pickle_and_copy() -> None:
    stored = oasis.Store.memory().append(event()).event
    for one in (event(), stored):
        for other in (
            oasis.Event.from_json(one.to_json()),
            oasis.Event.from_json(one.to_json().encode()),
            oasis.Event.from_dict(one.to_dict()),
            pickle.loads(pickle.dumps(one)),
            copy.copy(one),
            copy.deepcopy(one),
        ):
            assert other == one
            assert hash(other) == hash(one)
            assert other.to_json() == one.to_json()
            assert other is not one


def test_what_differs_is_not_equal() -> None:
    one = event()
    stored = oasis.Store.memory().append(one).event
    assert stored != one and one != event() and one != "text"
    assert len({one, stored, event()}) == 3
    assert (stored.position, one.position, one.recorded_at) == (1, None, None)
    assert stored.recorded_at is not None and stored.recorded_at.tzinfo is timezone.utc


def test_nothing_of_it_can_be_changed() -> None:
    one = event()
    before = one.to_json()
    for name in ("title", "meta", "new"):
        with pytest.raises(AttributeError):
            setattr(one, name, "x")
    one.meta["repository"] = "other"
    one.to_dict()["title"] = "other"
    assert one.to_json() == before
    assert one.meta["repository"] == "o/r"
    with pytest.raises(TypeError):
        oasis.Event()  # type: ignore[call-arg]


def test_its_repr_says_what_happened() -> None:
    shown = repr(oasis.Store.memory().append(event()).event)
    for part in ("#1 ", "CICDL-PUSH-PUSHED", "info", "vtid=DEV-CICDL-0031", 'ref="vt/DEV-CICDL-0031"'):
        assert part in shown


def test_its_json_is_its_dict() -> None:
    one = event()
    assert json.loads(one.to_json()) == one.to_dict()
    assert json.dumps(one.to_dict(), separators=(",", ":"), ensure_ascii=False) == one.to_json()


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", b"\xff", '{"position":0}', '{"position":"1"}'])
def test_what_is_no_event_says_so(text: str) -> None:
    with pytest.raises(oasis.PayloadError, match="no event"):
        oasis.Event.from_json(text)


def test_moments_beyond_what_datetime_holds_are_its_first() -> None:
    members = event().to_dict()
    members["ts"] = "0000-02-03T00:00:00.000Z"
    assert oasis.Event.from_dict(members).ts == datetime.min.replace(tzinfo=timezone.utc)
    members["ts"] = "9999-12-31T23:59:59.999Z"
    assert oasis.Event.from_dict(members).ts.year == 9999
