"""Payloads to events: the specification's example, and bodies that are none."""

import json
import re
import time
import uuid
from datetime import datetime

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
    assert {name: event[name] for name in wanted} == wanted
    assert event["meta"]["repository"] == "acme/rocket"
    assert event["meta"]["vtid_source"] == "pr_title"
    assert list(event) == [
        "id", "ts", "vtid", "layer", "module", "source", "kind",
        "status", "title", "ref", "link", "meta", "delivery_id",
    ]  # fmt: skip


def test_time_and_id_come_from_the_system() -> None:
    before = time.time()
    first, second = (oasis.normalize_github("ping", b"{}") for _ in range(2))
    assert first["id"] != second["id"]
    assert uuid.UUID(first["id"]).version == 7
    assert first["delivery_id"] is None
    received = datetime.fromisoformat(first["ts"].replace("Z", "+00:00")).timestamp()
    assert before - 0.001 <= received <= time.time()


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_an_event_too(body: bytes) -> None:
    event = oasis.normalize_github("push", body)
    assert event["status"] == "warning"
    assert re.fullmatch(r"[A-Z]+(-[A-Z]+)*-UNPARSED", event["title"])
    assert event["meta"]["unparsed"]


@pytest.mark.parametrize(("event", "delivery_id"), [("", "1"), ("pu sh", "1"), ("push", ""), ("é", "1")])
def test_a_name_that_no_delivery_carries_raises(event: str, delivery_id: str) -> None:
    with pytest.raises(oasis.DeliveryError):
        oasis.normalize_github(event, b"{}", delivery_id)
    assert issubclass(oasis.DeliveryError, oasis.OasisError)
