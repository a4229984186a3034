"""Bodies that take long: nobody else waits for them, and nobody copies them."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable

import oasis
import pytest
from test_ingestor import VERIFIER, headers

LONG = b'{"ref":"refs/heads/x","pad":"' + b"x" * 20_000_000 + b'"}'
SIGNED = headers(LONG)


def test_the_event_loop_goes_on_while_20_mb_are_hashed() -> None:
    ingestor = oasis.Ingestor("secret", oasis.Store.memory())

    async def count_ticks() -> int:
        taking = asyncio.ensure_future(ingestor.aingest(SIGNED, LONG))
        ticks = 0
        while not taking.done():
            await asyncio.sleep(0)
            ticks += 1
        assert not taking.result().duplicate
        return ticks

    # Were the loop held, it would turn a handful of times: to start it and to hear of its end.
    assert asyncio.run(count_ticks()) > 100


@pytest.mark.parametrize(
    "run",
    [
        lambda: oasis.verify_signature("other", LONG, "sha256=" + "0" * 64),
        lambda: oasis.normalize_github("push", LONG),
        lambda: VERIFIER.sign(LONG),
        lambda: VERIFIER.event(SIGNED, LONG),
        lambda: oasis.Ingestor("secret", oasis.Store.memory()).ingest(SIGNED, LONG),
    ],
    ids=["verify", "normalize", "sign", "event", "ingest"],
)
def test_another_thread_goes_on_while_20_mb_are_read(run: Callable[[], object]) -> None:
    # On a busy machine it may get a core only when the work is done; not so many times.
    assert any(another_goes_on(run) for _ in range(50))


def another_goes_on(run: Callable[[], object]) -> bool:
    started, ended = threading.Event(), threading.Event()

    def read() -> None:
        started.set()
        run()
        ended.set()

    thread = threading.Thread(target=read)
    usual = sys.getswitchinterval()
    # Nobody is made to give the GIL away: this thread gets it only where `run` does so by itself.
    sys.setswitchinterval(1000)
    try:
        thread.start()
        started.wait()
        return not ended.is_set()
    finally:
        sys.setswitchinterval(usual)
        thread.join()


@pytest.mark.parametrize(
    "call",
    [
        "oasis.verify_signature('secret', body, signed['X-Hub-Signature-256'])",
        "oasis.normalize_github('push', body)",
        "oasis.Verifier('secret').event(signed, body)",
        "oasis.Ingestor('secret', oasis.Store.memory()).ingest(signed, body)",
    ],
)
def test_a_body_is_not_copied(call: str) -> None:
    program = f"""
import resource, oasis
body = b'{{"ref":"'.ljust(64 << 20, b"x")  # In one go, or the peak would be there already.
signed = {{"X-GitHub-Event": "push", "X-GitHub-Delivery": "d", "X-Hub-Signature-256": ""}}
signed["X-Hub-Signature-256"] = oasis.Verifier("secret").sign(body)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
{call}
print(peak() - before)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # In KiB, where a copy would be 65,536.
    assert int(run.stdout) < 16_384
