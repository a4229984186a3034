"""What the Python package costs, beside others, on the same payloads in one run.

    python3 -m venv v && v/bin/pip install gidgethub githubkit "hishel[async,httpx]<2" WHEEL
    # hishel 2.0 lacks what githubkit 0.16.1 imports
    v/bin/python benches/python/side_by_side.py FOLDER

FOLDER holds a folder of JSON payloads for each event (`push/…json`). WHEEL is a release build. One
thread is measured in CPU time, which others on the machine don't change; threads only in wall time, so
on a busy machine put `chrt -r 10` before it.
"""

import hashlib
import hmac
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import oasis
from gidgethub import sansio
from githubkit.webhooks import parse, verify

SECRET = "It's a Secret to Everybody"
ROUNDS = 7
EVENTS = ("pull_request", "push", "workflow_run", "check_run", "issues")

Headers = dict[str, str]
Delivery = tuple[Headers, bytes]


def deliveries(folder: Path) -> list[Delivery]:
    found = []
    for event in EVENTS:
        for file in sorted((folder / event).glob("*.json")):
            # As GitHub sends it: without white space between the tokens.
            payload = json.loads(file.read_bytes())
            body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
            headers = {
                "content-type": "application/json",
                "x-github-event": event,
                "x-github-delivery": "d-1",
                "x-hub-signature-256": VERIFIER.sign(body),
            }
            if by_githubkit_is_read(event, body):
                found.append((headers, body))
    return found


def by_githubkit_is_read(event: str, body: bytes) -> bool:
    try:
        parse(event, body)
    except Exception:  # Its models refuse some real payloads; they are left out for all.
        return False
    return True


VERIFIER = oasis.Verifier(SECRET)
KEY = SECRET.encode()


def by_oasis(headers: Headers, body: bytes) -> None:
    VERIFIER.event(headers, body)


def by_hmac(headers: Headers, body: bytes) -> None:
    hmac.digest(KEY, body, "sha256")


def by_gidgethub(headers: Headers, body: bytes) -> None:
    sansio.Event.from_http(headers, body, secret=SECRET)


def by_githubkit(headers: Headers, body: bytes) -> None:
    assert verify(SECRET, body, headers["x-hub-signature-256"])
    parse(headers["x-github-event"], body)


def best(run: Callable[[], object], times: int = 1) -> float:
    """CPU seconds for one, the best of some rounds: what disturbs only makes it slower."""
    taken = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        for _ in range(times):
            run()
        taken.append((time.thread_time() - start) / times)
    return min(taken)


def main() -> None:
    given = deliveries(Path(sys.argv[1]))
    size = sum(len(body) for _, body in given) // len(given)
    print(f"{len(given)} payloads, {size} bytes on average; verify and read one, CPU time")

    def all_by(one: Callable[[Headers, bytes], None]) -> Callable[[], object]:
        return lambda: [one(*delivery) for delivery in given]

    own = best(all_by(by_oasis), 20)
    others = (("hmac.digest alone", by_hmac), ("gidgethub", by_gidgethub), ("githubkit", by_githubkit))
    print(f"  {'oasis':<18} {own / len(given) * 1e6:8.1f} us")
    for name, one in others:
        took = best(all_by(one))
        print(f"  {name:<18} {took / len(given) * 1e6:8.1f} us {took / own:8.2f} x oasis")

    body = b"x" * 1024
    signature = VERIFIER.sign(body)
    call = best(lambda: oasis.verify_signature(SECRET, body, signature), 20_000)
    held = best(lambda: VERIFIER.verify(body, signature), 20_000)
    print(f"verify_signature of 1 KiB {call * 1e6:.2f} us, Verifier.verify {held * 1e6:.2f} us")

    print("8 threads against one, beside hashlib on the same bytes")
    for name, some in (("as they are", given), ("over 64 KB", [*map(enlarged, given)])):
        work = some * (1 + BYTES // sum(len(body) for _, body in some))
        print(f"  {name:<12} oasis   {scaling(by_oasis, work)}")
        print(f"  {name:<12} hashlib {scaling(by_hashlib, work)}")


BYTES = 60_000_000


def enlarged(delivery: Delivery) -> Delivery:
    """The same with more of its own around it: over 64 KB, and no two of one size."""
    headers, body = delivery
    content = json.loads(body)
    content = {**content, "more": [content] * (1 + 64_000 // len(body))}
    text = json.dumps(content).encode()
    return {**headers, "x-hub-signature-256": VERIFIER.sign(text)}, text


def by_hashlib(headers: Headers, body: bytes) -> None:
    hashlib.sha256(body)


def scaling(one: Callable[[Headers, bytes], None], work: list[Delivery]) -> str:
    """How many times faster eight threads do what one did: the median, and from where to where."""

    def share(part: list[Delivery]) -> None:
        for delivery in part:
            one(*delivery)

    ratios = []
    parts = [work[number::8] for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            share(work)
            between = time.perf_counter()
            list(pool.map(share, parts))
            ratios.append((between - start) / (time.perf_counter() - between))
    ratios.sort()
    return f"{ratios[len(ratios) // 2]:.2f} x (from {ratios[0]:.2f} to {ratios[-1]:.2f})"


if __name__ == "__main__":
    main()
