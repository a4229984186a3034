"""The examples in `examples/python`, each run as its page says and posted to over HTTP."""

import http.client
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import oasis
import pytest
from program import Program

EXAMPLES = Path(__file__).parents[2] / "examples/python"
SECRET = "canary-secret-of-these-tests"
VERIFIER = oasis.Verifier(SECRET)
BODY = b'{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"o/r"}}'
HOOK = "/webhooks/github"
MIB = 1024 * 1024

COMMANDS = {
    "fastapi": "uvicorn --port 0 fastapi_app:app",
    "flask": "gunicorn --workers 2 --threads 4 --bind 127.0.0.1:0 flask_app:app",
    "django": "uvicorn --port 0 django_app:application",
    "aiohttp": "aiohttp.web -H 127.0.0.1 -P 0 aiohttp_app:init",
}


class Site:
    """A server and the file of its ledger."""

    def __init__(self, program: Program, ledger: Path) -> None:
        self.program = program
        self.ledger = ledger

    def deliver(self, delivery: str, body: bytes = BODY, **over: str) -> tuple[int, dict[str, object]]:
        return self.program.post(HOOK, body, headers(delivery, body, **over))

    def rows(self) -> list[oasis.Event]:
        with oasis.Store.sqlite(self.ledger) as store:
            return list(store.query(order="asc"))


def headers(delivery: str, body: bytes, **over: str) -> dict[str, str]:
    given = {
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": VERIFIER.sign(body),
        "Content-Type": "application/json",
    }
    given.update({name.replace("_", "-"): value for name, value in over.items()})
    return {name: value for name, value in given.items() if value}


@pytest.fixture(scope="module", params=COMMANDS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    ledger = tmp_path_factory.mktemp(request.param) / "oasis.db"
    given = {"GITHUB_WEBHOOK_SECRET": SECRET, "LEDGER": str(ledger)}
    command = [sys.executable, "-m", *COMMANDS[request.param].split()]
    with Program(command, given, EXAMPLES) as program:
        yield Site(program, ledger)


def test_a_delivery_is_one_row_however_often_it_comes(site: Site) -> None:
    before = len(site.rows())
    status, first = site.deliver("once")
    assert (status, first) == (200, {"position": before + 1, "vtid": "DEV-CICDL-0031", "duplicate": False})
    assert site.deliver("once") == (200, {**first, "duplicate": True})
    row = site.rows()[-1]
    assert (row.position, row.delivery_id, row.title) == (before + 1, "once", "CICDL-PUSH-PUSHED")


def test_a_form_and_a_body_that_is_no_json_are_rows_too(site: Site) -> None:
    form = b"payload=%7B%22ref%22%3A%22refs%2Fheads%2Fdev-cicdl-0032%22%7D"
    status, answer = site.deliver("form", form, Content_Type="application/x-www-form-urlencoded")
    assert (status, answer["vtid"]) == (200, "DEV-CICDL-0032")
    assert site.deliver("odd", b'{"ref": \xff')[0] == 200
    assert site.rows()[-1].title.endswith("-UNPARSED")


def test_what_nobody_signed_is_refused_and_no_row(site: Site) -> None:
    before = site.rows()
    wrong = VERIFIER.sign(b"another body")
    for status, over in (
        (401, {"X_Hub_Signature_256": wrong}),
        (401, {"X_Hub_Signature_256": ""}),
        (400, {"X_GitHub_Event": ""}),
        (415, {"Content_Type": "text/plain"}),
    ):
        answered, answer = site.deliver("refused", **over)
        assert answered == status, over
        assert "detail" in answer and SECRET not in json.dumps(answer)
    assert site.rows() == before


def test_what_github_sends_at_most_is_taken_and_no_more(site: Site) -> None:
    def padded(size: int) -> bytes:
        start, end = b'{"ref":"refs/heads/x","pad":"', b'"}'
        return start + b"x" * (size - len(start) - len(end)) + end

    assert site.deliver("most", padded(25 * MIB))[0] == 200
    before = site.rows()
    body = padded(25 * MIB + 1)
    connection = http.client.HTTPConnection("127.0.0.1", site.program.port, timeout=60)
    try:
        connection.request("POST", HOOK, body, headers("more", body))
        assert connection.getresponse().status in (400, 413)
    except (BrokenPipeError, ConnectionResetError):
        pass  # It would not even read it.
    finally:
        connection.close()
    assert site.rows() == before


def test_many_at_once_are_each_stored_once(site: Site) -> None:
    before = len(site.rows())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: site.deliver(f"many-{number % 40}"), range(80)))
    assert [status for status, _ in answers] == [200] * 80
    assert sum(not answer["duplicate"] for _, answer in answers) == 40
    positions = [row.position for row in site.rows()]
    assert positions == list(range(1, before + 41))


@pytest.mark.parametrize("site", ["fastapi"], indirect=True)
def test_what_was_stored_can_be_read(site: Site) -> None:
    site.deliver("read")
    assert {row["vtid"] for row in site.program.get("/events?vtid=DEV-CICDL-0031")} == {"DEV-CICDL-0031"}
    assert site.program.get("/events?vtid=DEV-CICDL-9999") == []
