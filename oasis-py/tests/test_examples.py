"""The examples in `examples/python` that are no servers."""

import base64
import importlib
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

import oasis
import pytest
from gateway import TOKEN, beats, gateway_in
from postgres import Postgres
from test_frameworks import BODY, EXAMPLES, SECRET, headers


@pytest.fixture
def handler(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("DATABASE_URL", postgres.database())
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", SECRET)
    monkeypatch.syspath_prepend(EXAMPLES)
    return importlib.import_module("lambda_handler")


def test_a_lambda_takes_what_an_api_gateway_hands_it(handler: ModuleType) -> None:
    def call(delivery: str, body: bytes, *, coded: bool, **over: str) -> tuple[int, dict[str, Any]]:
        given = {name.lower(): value for name, value in headers(delivery, body, **over).items()}
        text = base64.b64encode(body).decode() if coded else body.decode()
        event = {"version": "2.0", "routeKey": "POST /webhooks/github", "headers": given,
                 "body": text, "isBase64Encoded": coded}  # fmt: skip
        answer = handler.handler(event, None)
        json.dumps(answer)
        return answer["statusCode"], json.loads(answer["body"])

    stored = {"position": 1, "vtid": "DEV-CICDL-0031", "duplicate": False}
    assert call("d-1", BODY, coded=False) == (200, stored)
    assert call("d-1", BODY, coded=True) == (200, {**stored, "duplicate": True})
    assert call("d-2", '{"ref":"refs/heads/é"}'.encode(), coded=False)[0] == 200
    assert call("d-3", BODY, coded=True, X_Hub_Signature_256="sha256=00")[0] == 401
    assert handler.handler({"version": "2.0", "headers": {}}, None)["statusCode"] == 400
    assert handler.store.head() == 2


def test_an_agent_is_known_while_it_works(tmp_path: Path) -> None:
    def on(vtid: str) -> Callable[[Any], bool]:
        return lambda found: [(one["agent"], one["vtid"]) for one in found] == [("crew-9", vtid)]

    with gateway_in(tmp_path) as gateway:
        given = {**os.environ, "OASIS_URL": gateway.url, "OASIS_INGEST_TOKEN": TOKEN}
        command = [sys.executable, str(EXAMPLES / "agent_heartbeat.py"), "crew-9"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, env=given, stdin=pipe, stdout=pipe, text=True) as run:
            assert run.stdin and run.stdout
            gateway.until("/api/v1/agents", on("UNSET"))
            run.stdin.write("[DEV-CICDL-0031] Phase 2\n")
            run.stdin.flush()
            assert run.stdout.readline() == "done: [DEV-CICDL-0031] Phase 2\n"
            gateway.until("/api/v1/agents", on("DEV-CICDL-0031"))
            run.stdin.close()
        assert run.returncode == 0
        assert beats(gateway, "crew-9") == [
            ("ONLINE", "UNSET", "info"),
            ("HEARTBEAT", "UNSET", "info"),
            ("HEARTBEAT", "DEV-CICDL-0031", "info"),
            ("OFFLINE", "DEV-CICDL-0031", "info"),
        ]


def test_the_notebook_answers_from_a_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start = datetime.now(timezone.utc) - timedelta(days=2)

    def run(number: int, vtid: str, conclusion: str) -> oasis.Event:
        run = {"name": "ci", "head_branch": f"vt/{vtid}", "status": "completed", "conclusion": conclusion,
               "updated_at": (start + timedelta(minutes=number)).isoformat()}  # fmt: skip
        body = {"action": "completed", "workflow_run": run}
        return oasis.normalize_github("workflow_run", json.dumps(body).encode(), f"r-{number}")

    merge = {"title": "[DEV-CICDL-0031]", "merged": True, "updated_at": (start + timedelta(hours=5)).isoformat()}
    merged = json.dumps({"action": "closed", "pull_request": merge}).encode()
    ledger = tmp_path / "oasis.db"
    with oasis.Store.sqlite(ledger) as store:
        store.append_all([
            run(0, "DEV-CICDL-0031", "failure"),
            run(1, "DEV-CICDL-0032", "success"),
            run(2, "DEV-CICDL-0031", "success"),
            run(3, "DEV-CICDL-0032", "failure"),
            oasis.normalize_github("pull_request", merged, "m-1"),
        ])  # fmt: skip
    monkeypatch.setenv("LEDGER", str(ledger))
    found = runpy.run_path(str(EXAMPLES / "notebook.py"))
    assert [type(row) for row in found["rows"]] == [dict] * 5
    assert [row["vtid"] for row in found["red"]] == ["DEV-CICDL-0032"]
    assert found["took"] == {"DEV-CICDL-0031": timedelta(hours=5)}
    said = capsys.readouterr().out
    assert "5 events" in said and "DEV-CICDL-0031       5:00:00" in said
