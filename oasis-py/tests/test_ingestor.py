"""Deliveries into a ledger, with every form of headers that frameworks have."""

import asyncio

import oasis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

BODY = b'{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"o/r"}}'
VERIFIER = oasis.Verifier("secret")


def headers(body: bytes, delivery: str = "d-1", event: str = "push") -> dict[str, str]:
    return {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": VERIFIER.sign(body),
        "Content-Type": "application/json",
    }


class Multi:
    """As werkzeug's: no mapping, but it has items()."""

    def __init__(self, given: dict[str, str]) -> None:
        self.items = given.items


def test_a_delivery_is_stored_once_however_its_headers_come() -> None:
    store = oasis.Store.memory()
    ingestor = oasis.Ingestor(secrets=["new", "secret"], store=store)
    given = headers(BODY)
    raw = [(name.lower().encode(), value.encode()) for name, value in given.items()]
    forms = [given, raw, tuple(given.items()), Multi(given), iter(given.items())]
    taken = [ingestor.ingest(form, BODY) for form in forms]
    assert [one.duplicate for one in taken] == [False, True, True, True, True]
    assert {one.event.title for one in taken} == {"CICDL-PUSH-PUSHED"}
    for body in (bytearray(BODY), memoryview(BODY)):
        assert asyncio.run(ingestor.aingest(given, body)).duplicate
    assert store.head() == 1


def test_who_is_wrong_is_told_by_the_error() -> None:
    store = oasis.Store.memory()
    ingestor = oasis.Ingestor("secret", store)
    signed = headers(BODY)
    unsigned = {name: value for name, value in signed.items() if "Signature" not in name}
    for wrong in (unsigned, {**signed, "X-Hub-Signature-256": "sha256=00"}, headers(b"other")):
        for read in (ingestor.ingest, VERIFIER.event):
            with pytest.raises(oasis.SignatureError, match="X-Hub-Signature-256") as caught:
                read(wrong, BODY)
            assert caught.value.http_status == 401
    with pytest.raises(oasis.PayloadError, match="Content-Type") as typed:
        ingestor.ingest({**signed, "Content-Type": "text/plain"}, BODY)
    assert typed.value.http_status == 415
    nameless = {name: value for name, value in signed.items() if "Event" not in name}
    with pytest.raises(oasis.PayloadError) as named:
        ingestor.ingest([*nameless.items()], BODY)
    assert (named.value.field, named.value.http_status) == ("X-GitHub-Event", 400)
    with pytest.raises(oasis.PayloadError, match="more than once"):
        ingestor.ingest([*signed.items(), *signed.items()], BODY)
    with pytest.raises(TypeError, match="raw bytes"):
        ingestor.ingest(signed, BODY.decode())  # type: ignore[arg-type]
    with pytest.raises(oasis.SecretError):
        oasis.Ingestor("", store)
    assert store.head() == 0


def test_a_verifier_makes_the_event_that_an_ingestor_stores() -> None:
    given = headers(BODY)
    stored = oasis.Ingestor("secret", oasis.Store.memory()).ingest(given, BODY).event.to_dict()
    for form in (given, [*given.items()], Multi(given)):
        made = VERIFIER.event(form, BODY).to_dict()
        # These are of the moment, and of the ledger.
        for name in ("id", "ts", "position", "recorded_at"):
            made.pop(name, None), stored.pop(name, None)
        assert made == stored
    with pytest.raises(TypeError, match="raw bytes"):
        VERIFIER.event(given, BODY.decode())  # type: ignore[arg-type]
    for odd in ({"X-GitHub-Event": 7}, [("X-GitHub-Event",)], 7):
        with pytest.raises(TypeError):
            VERIFIER.event(odd, BODY)  # type: ignore[arg-type]


def test_task_ids_of_one_s_own() -> None:
    body = b'{"ref":"refs/heads/PROJ-7-upload"}'
    schemes = [oasis.VtidScheme.numbered("PROJ", digits=(1, 6)), "canonical"]
    ingestor = oasis.Ingestor("secret", oasis.Store.memory(), schemes=schemes)
    assert ingestor.ingest(headers(body), body).event.vtid == "PROJ-7"
    assert oasis.Verifier("secret", schemes=schemes).event(headers(body), body).vtid == "PROJ-7"
    assert VERIFIER.event(headers(body), body).vtid == "UNSET"


ODD = st.one_of(st.text(max_size=40), st.binary(max_size=40))
NAMES = st.one_of(
    ODD,
    st.sampled_from(["x-github-event", "X-GitHub-Delivery", "x-hub-signature-256", "content-type"]),
)
HEADERS = st.lists(st.tuples(NAMES, ODD), max_size=6)
STORE = oasis.Store.memory()
INGESTOR = oasis.Ingestor("secret", STORE)


@given(HEADERS, st.binary(max_size=200))
def test_any_headers_and_any_bytes_are_an_event_or_an_error_of_ours(
    given: list[tuple[str | bytes, str | bytes]], body: bytes
) -> None:
    for run in (
        lambda: INGESTOR.ingest(given, body).event,
        lambda: VERIFIER.event(given, body),
        lambda: oasis.normalize_github("push", body, headers=given),
        lambda: oasis.normalize_gcp(body, headers=given),
        lambda: oasis.normalize_event(body),
        lambda: oasis.Event.from_json(body),
    ):
        try:
            event = run()
        except oasis.OasisError as error:
            assert str(error)
        else:
            assert oasis.Event.from_json(event.to_json()) == event


@given(st.binary(max_size=300), st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20))
@settings(max_examples=200)
def test_any_signed_body_is_stored(body: bytes, event: str) -> None:
    taken = INGESTOR.ingest(headers(body, delivery=VERIFIER.sign(body + event.encode()), event=event), body)
    assert taken.event.kind == event
    assert STORE.get(taken.event.id) == taken.event


@given(ODD, ODD, ODD)
def test_any_text_is_verified_and_searched(secret: str | bytes, text: str | bytes, other: str | bytes) -> None:
    try:
        assert oasis.verify_signature(secret, b"body", text) is False
    except oasis.SecretError:
        assert not (secret if isinstance(secret, bytes) else secret.encode(errors="replace")).strip()
    assert oasis.extract_vtid(text) is None or isinstance(text, str | bytes)
    try:
        oasis.extract_vtid(text, [other])
    except oasis.PayloadError as error:
        assert str(error)


@pytest.mark.parametrize("in_operation", [False, True])
def test_a_panic_is_an_error_like_any_other(in_operation: bool) -> None:
    from oasis import _oasis

    with pytest.raises(oasis.OasisError, match="as asked") as caught:
        _oasis._panic(in_operation).wait()
    assert type(caught.value) is oasis.OasisError
