"""Payloads to events: the specification's example, and bodies that are none."""

import json
import re
import time
import uuid
from datetime import datetime, timezone

import oasis
import pytest

MERGED = {
    "action": "closed",
    "number": 22,
    "pull_request": {
        "number": 22,
        "title": "[VTID DEV-CICDL-0031] Phase 2",
        "state": "closed",
        "merged": True,
        "html_url": "https://github.com/acme/rocket/pull/22",
        "updated_at": "2025-10-29T12:00:00Z",
        "user": {"login": "ada"},
        "head": {"ref": "vt/DEV-CICDL-0031-phase2", "sha": "9c1f" * 10},
        "base": {"ref": "main"},
    },
    "repository": {"full_name": "acme/rocket", "html_url": "https://github.com/acme/rocket"},
}


def test_a_merged_pull_request_becomes_the_event_of_the_contract() -> None:
    event = oasis.normalize_github("pull_request", json.dumps(MERGED).encode(), "72d3162e")
    wanted = {
        "ts": "2025-10-29T12:00:00.000Z",
        "vtid": "DEV-CICDL-0031",
        "layer": "CICDL",
        "module": "PR",
        "source": "github.actions",
        "kind": "pull_request",
        "status": "success",
        "title": "CICDL-PR-MERGED",
        "ref": "vt/DEV-CICDL-0031-phase2",
        "link": "https://github.com/acme/rocket/pull/22",
        "delivery_id": "72d3162e",
    }
    shown = event.to_dict()
    assert {name: shown[name] for name in wanted} == wanted
    assert event.meta["repository"] == "acme/rocket"
    assert event.meta["vtid_source"] == "pr_title"
    assert list(shown) == [
        "id", "ts", "vtid", "layer", "module", "source", "kind",
        "status", "title", "ref", "link", "meta", "delivery_id",
    ]  # fmt: skip
    assert event.ts == datetime(2025, 10, 29, 12, tzinfo=timezone.utc)


def test_time_and_id_come_from_the_system() -> None:
    before = time.time()
    first, second = (oasis.normalize_github("ping", b"{}") for _ in range(2))
    assert first.id != second.id
    assert uuid.UUID(first.id).version == 7
    assert first.delivery_id is None
    assert before - 0.001 <= first.ts.timestamp() <= time.time()


def test_headers_tell_a_form_and_the_delivery() -> None:
    body = b"payload=%7B%22ref%22%3A%22refs%2Fheads%2Fdev-cicdl-0031%22%7D"
    headers = {"content-type": "application/x-www-form-urlencoded", "X-GitHub-Delivery": "d-7"}
    event = oasis.normalize_github("push", body, headers=headers)
    assert (event.vtid, event.delivery_id) == ("DEV-CICDL-0031", "d-7")
    assert oasis.normalize_github("push", body).title.endswith("-UNPARSED")
    assert oasis.normalize_github("push", b"{}", "d-8", headers=headers).delivery_id == "d-8"
    with pytest.raises(oasis.PayloadError, match="Content-Type"):
        oasis.normalize_github("push", b"{}", headers=[(b"content-type", b"text/plain")])


def test_a_push_of_google_s_is_unwrapped() -> None:
    body = b'{"message":{"messageId":"7","attributes":{"Action":"Start","ResourceType":"Rollout",' \
        b'"RolloutId":"dev-cicdl-0031-to-prod"}},"subscription":"projects/p/subscriptions/s"}'
    event = oasis.normalize_gcp(body)
    assert (event.source, event.title) == ("gcp.deploy", "CICDL-DEPLOY-ROLLOUT-START")
    assert (event.vtid, event.delivery_id) == ("DEV-CICDL-0031", "7")
    bare = oasis.normalize_gcp(b"{}", headers={"x-goog-pubsub-message-id": "8", "vtid": "VTID-03697"})
    assert (bare.delivery_id, bare.vtid) == ("8", "VTID-03697")


def test_an_event_of_one_s_own_and_the_field_that_is_wrong() -> None:
    event = oasis.normalize_event({"kind": "deploy", "status": "success", "vtid": "DEV-CICDL-0031"})
    assert event.title == "CICDL-DEPLOY-SUCCESS"
    assert oasis.normalize_event(b'{"kind":"note"}').source == "oasis.events"
    with pytest.raises(oasis.PayloadError, match="`status` must be") as caught:
        oasis.normalize_event({"kind": "deploy", "status": "splendid"})
    assert caught.value.field == "status"


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_an_event_too(body: bytes) -> None:
    event = oasis.normalize_github("push", body)
    assert event.status == "warning"
    assert re.fullmatch(r"[A-Z]+(-[A-Z]+)*-UNPARSED", event.title)
    assert event.meta["unparsed"]


@pytest.mark.parametrize(("event", "delivery_id"), [("", "1"), ("pu sh", "1"), ("push", ""), ("é", "1")])
def test_a_name_that_no_delivery_carries_raises(event: str, delivery_id: str) -> None:
    with pytest.raises(oasis.PayloadError):
        oasis.normalize_github(event, b"{}", delivery_id)
    assert issubclass(oasis.PayloadError, oasis.OasisError)
