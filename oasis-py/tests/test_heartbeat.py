"""Heartbeats, taken by the gateway itself."""

import asyncio
import json
import logging
import os
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import oasis
import pytest

TOKEN = "canary-token-of-these-tests"


class Gateway:
    """A gateway of its own, at a free port of the loopback."""

    def __init__(self, folder: Path) -> None:
        program = os.environ["OASIS_GATEWAY"]
        given = {"OASIS_DATA_DIR": str(folder), "OASIS_LISTEN": "127.0.0.1:0",
                 "OASIS_INGEST_TOKEN": TOKEN, "OASIS_LOG_FORMAT": "json"}  # fmt: skip
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OASIS_")}
        self.process = subprocess.Popen([program], env={**kept, **given}, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        for line in self.process.stderr:
            address = json.loads(line).get("fields", {}).get("address")
            if address:
                self.url = f"http://{address}"
                break
        else:
            raise RuntimeError("the gateway did not start")
        # Read on, or a full pipe would stop it.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return json.load(response)

    def until(self, path: str, wanted: Any) -> Any:
        """Asks until the answer is as wanted; the tests' own end is the deadline."""
        while not wanted(answer := self.get(path)):
            threading.Event().wait(0.02)
        return answer


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path_factory.mktemp("gateway"))
    yield gateway
    gateway.process.kill()
    gateway.process.wait()



def beats(gateway: Gateway, agent: str) -> list[tuple[str, str]]:
    events = gateway.get("/api/v1/oasis/events?kind=heartbeat&order=asc")
    own = [one for one in events if one["meta"]["agent"] == agent]
    return [(one["vtid"], one["status"]) for one in own if one["title"].endswith("-HEARTBEAT")]


def test_an_agent_comes_says_what_is_new_and_goes(gateway: Gateway) -> None:
    with oasis.Heartbeat(gateway.url, TOKEN, agent="crew-1", role="worker", meta={"host": "a"}) as beat:
        gateway.until("/api/v1/agents", lambda found: "crew-1" in json.dumps(found))
        beat.update(vtid="DEV-CICDL-0031", status="busy")
        gateway.until("/api/v1/agents", lambda found: "DEV-CICDL-0031" in json.dumps(found))
    assert beats(gateway, "crew-1") == [
        ("UNSET", "info"), ("DEV-CICDL-0031", "info"), ("DEV-CICDL-0031", "error"),
    ]  # fmt: skip


def test_asyncio_does_the_same(gateway: Gateway) -> None:
    async def use() -> None:
        async with oasis.Heartbeat(gateway.url, TOKEN, agent="crew-2", role="worker"):
            pass

    asyncio.run(use())
    assert beats(gateway, "crew-2")[-1] == ("UNSET", "error")


def test_nothing_that_goes_wrong_reaches_the_program(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "oasis.heartbeat"):
        for url, token in ((gateway.url, "wrong"), ("http://127.0.0.1:1", TOKEN), ("http://no.invalid", TOKEN)):
            with oasis.Heartbeat(url, token, agent="crew-3", role="worker", meta={"odd": {1, 2}}, timeout=2):
                pass
    assert len(caplog.records) == 3
    assert "401" in caplog.text and TOKEN not in caplog.text
    assert beats(gateway, "crew-3") == []


def test_what_can_t_be_meant_is_refused_at_once() -> None:
    for wrong in ({"agent": " "}, {"role": ""}, {"interval": 0.5}, {"url": "gateway:8080"}):
        with pytest.raises(ValueError):
            oasis.Heartbeat(**{"url": "http://h", "token": "t", "agent": "a", "role": "r", **wrong})  # type: ignore[arg-type]


def test_a_token_is_not_carried_to_where_a_redirect_leads() -> None:
    asked: list[str | None] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["Authorization"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{server.server_port}/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:
            asked.append("followed")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with oasis.Heartbeat(f"http://127.0.0.1:{server.server_port}", TOKEN, agent="a", role="r"):
        pass
    server.shutdown()
    server.server_close()
    assert set(asked) == {f"Bearer {TOKEN}"}
