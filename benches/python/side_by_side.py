"""What the Python package costs, beside others, on the same payloads in one run.

    python3 -m venv v && v/bin/pip install gidgethub githubkit "hishel[async,httpx]<2" WHEEL
    # hishel 2.0 lacks what githubkit 0.16.1 imports
    v/bin/python benches/python/side_by_side.py FOLDER

FOLDER holds a folder of JSON payloads for each event (`push/…json`). WHEEL is a release build.
"""

import hashlib
import hmac
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

Delivery = tuple[str, bytes, str]


def deliveries(folder: Path) -> list[Delivery]:
    found = []
    for event in EVENTS:
        for file in sorted((folder / event).glob("*.json")):
            body = file.read_bytes()
            signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            if by_githubkit_is_read(event, body):
                found.append((event, body, signature))
    return found


def by_githubkit_is_read(event: str, body: bytes) -> bool:
    try:
        parse(event, body)
    except Exception:  # Its models refuse some real payloads; they are left out for all.
        return False
    return True


VERIFIER = oasis.Verifier(SECRET)


def by_oasis(event: str, body: bytes, signature: str) -> None:
    assert VERIFIER.verify(body, signature)
    oasis.normalize_github(event, body, "d-1")


def by_gidgethub(event: str, body: bytes, signature: str) -> None:
    headers = {
        "content-type": "application/json",
        "x-github-event": event,
        "x-github-delivery": "d-1",
        "x-hub-signature-256": signature,
    }
    sansio.Event.from_http(headers, body, secret=SECRET)


def by_githubkit(event: str, body: bytes, signature: str) -> None:
    assert verify(SECRET, body, signature)
    parse(event, body)


def best(run: Callable[[], object], times: int = 1) -> float:
    """Seconds for one, the best of some rounds: what disturbs only makes it slower."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            run()
        taken.append((time.perf_counter() - start) / times)
    return min(taken)


def main() -> None:
    given = deliveries(Path(sys.argv[1]))
    size = sum(len(body) for _, body, _ in given)
    print(f"{len(given)} payloads, {size // len(given)} bytes on average")

    def all_by(one: Callable[[str, bytes, str], None]) -> Callable[[], object]:
        return lambda: [one(*delivery) for delivery in given]

    own = best(all_by(by_oasis))
    for name, one in (("oasis", by_oasis), ("gidgethub", by_gidgethub), ("githubkit", by_githubkit)):
        took = best(all_by(one))
        print(f"verify and read, {name:<10} {took / len(given) * 1e6:8.1f} us  {took / own:6.1f} x")

    body = b"x" * 1024
    signature = VERIFIER.sign(body)
    call = best(lambda: oasis.verify_signature(SECRET, body, signature), 20_000)
    held = best(lambda: VERIFIER.verify(body, signature), 20_000)
    print(f"verify_signature of 1 KiB {call * 1e6:.2f} us, Verifier.verify {held * 1e6:.2f} us")

    work = given * max(1, 20_000_000 // size)

    def share(number: int, of: int) -> None:
        for delivery in work[number::of]:
            by_oasis(*delivery)

    block = b"x" * 1_000_000
    print("8 threads against one; hashlib shows what the machine has to give just now")
    print(f"  oasis    {scaling(share)}")
    print(f"  hashlib  {scaling(lambda _, of: [hashlib.sha256(block) for _ in range(240 // of)])}")


def scaling(share: Callable[[int, int], object]) -> str:
    """How many times faster eight threads do what one did: the median, and from where to where."""
    ratios = []
    with ThreadPoolExecutor(8) as pool:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            share(0, 1)
            between = time.perf_counter()
            list(pool.map(lambda number: share(number, 8), range(8)))
            ratios.append((between - start) / (time.perf_counter() - between))
    ratios.sort()
    return f"{ratios[len(ratios) // 2]:.2f} x (from {ratios[0]:.2f} to {ratios[-1]:.2f})"


if __name__ == "__main__":
    main()
