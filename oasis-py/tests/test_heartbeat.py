"""Heartbeats, taken by the gateway itself."""

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import oasis
import pytest
from gateway import TOKEN, beats, gateway_in
from program import Program


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with gateway_in(tmp_path_factory.mktemp("gateway")) as gateway:
        yield gateway


def test_an_agent_comes_says_what_is_new_and_goes(gateway: Program) -> None:
    with oasis.Heartbeat(gateway.url, TOKEN, agent="crew-1", role="worker", meta={"host": "a"}) as beat:
        gateway.until("/api/v1/agents", lambda found: "crew-1" in json.dumps(found))
        beat.update(vtid="DEV-CICDL-0031", status="busy")
        gateway.until("/api/v1/agents", lambda found: "DEV-CICDL-0031" in json.dumps(found))
    assert beats(gateway, "crew-1") == [
        ("ONLINE", "UNSET", "info"),
        ("HEARTBEAT", "UNSET", "info"),
        ("HEARTBEAT", "DEV-CICDL-0031", "info"),
        ("OFFLINE", "DEV-CICDL-0031", "info"),
    ]


def test_asyncio_does_the_same(gateway: Program) -> None:
    async def use() -> None:
        async with oasis.Heartbeat(gateway.url, TOKEN, agent="crew-2", role="worker"):
            pass

    asyncio.run(use())
    assert beats(gateway, "crew-2")[-1] == ("OFFLINE", "UNSET", "info")


def test_nothing_that_goes_wrong_reaches_the_program(
    gateway: Program, caplog: pytest.LogCaptureFixture
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


def test_a_gateway_that_fails_is_not_pressed_and_heard_of_again(caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([503, 503])
    taken = threading.Event()

    class Ailing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status = next(answers, 202)
            self.send_response(status)
            self.end_headers()
            if status == 202:
                taken.set()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Ailing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    with caplog.at_level(logging.DEBUG, "oasis.heartbeat"):
        with oasis.Heartbeat(url, TOKEN, agent="a", role="r", interval=1):
            assert taken.wait(60)
    server.shutdown()
    server.server_close()
    # It is a warning once, however long it lasts.
    said = [(record.levelname, "again" in record.message) for record in caplog.records]
    assert said == [("WARNING", False), ("DEBUG", False), ("INFO", True)]

    beat = oasis.Heartbeat(url, TOKEN, agent="a", role="r", interval=30)
    for failures, longest in ((1, 30), (2, 60), (4, 240), (5, 300), (10_000, 300)):
        beat._failures = failures
        assert all(longest / 2 <= beat._backoff() <= longest for _ in range(100))


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
