"""What the Python package costs, beside others, on the same payloads in one run.

    cargo xtask bench python

builds a release wheel, installs it beside the others and calls this with a folder of JSON payloads
(`NAME.EVENT.json`) and a file for the figures. One thread is measured in CPU time, which others on the
machine don't change; threads only in wall time, so on a busy machine add `--realtime`.
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

Headers = dict[str, str]
Delivery = tuple[Headers, bytes]


def deliveries(folder: Path) -> list[Delivery]:
    found = []
    for file in sorted(folder.glob("*.json")):
        _, event, _ = file.name.split(".")
        body = file.read_bytes()
        headers = {
            "content-type": "application/json",
            "x-github-event": event,
            "x-github-delivery": "d-1",
            "x-hub-signature-256": VERIFIER.sign(body),
        }
        found.append((headers, body))
    return found


def by_githubkit_is_read(delivery: Delivery) -> bool:
    headers, body = delivery
    try:
        parse(headers["x-github-event"], body)
    except Exception:  # Its models refuse some real payloads.
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

    def each_by(one: Callable[[Headers, bytes], None], some: list[Delivery], times: int) -> float:
        taken = best(lambda: [one(*delivery) for delivery in some], times)
        return taken / len(some) * 1e6

    own, bare = each_by(by_oasis, given, 300), each_by(by_hmac, given, 300)
    see("T13", own / bare, f"{own:.1f} µs, `hmac.digest` alone {bare:.1f} µs")
    peer = each_by(by_gidgethub, given, 60)
    see("T13.gidgethub", peer / own, f"{peer:.1f} µs with gidgethub")
    readable = [delivery for delivery in given if by_githubkit_is_read(delivery)]
    own, peer = each_by(by_oasis, readable, 300), each_by(by_githubkit, readable, 3)
    count = f"{peer:.0f} µs with githubkit, which reads {len(readable)} of {len(given)}"
    see("python.githubkit", peer / own, count)

    body = b"x" * 1024
    signature = VERIFIER.sign(body)
    call = best(lambda: oasis.verify_signature(SECRET, body, signature), 20_000)
    see("python.1-kib", call * 1e6, "µs for `verify_signature` of 1 KiB")

    for key, some in (("python.threads", given), ("T13.threads", [*map(enlarged, given)])):
        work = some * (1 + BYTES // sum(len(body) for _, body in some))
        ratio, seen = scaling(by_oasis, work)
        see(key, ratio, f"eight threads beside one, {seen}; hashlib {scaling(by_hashlib, work)[0]:.2f} ×")
    Path(sys.argv[2]).write_text(json.dumps(FIGURES))


FIGURES: list[dict[str, object]] = []


def see(key: str, seen: float, detail: str) -> None:
    print(f"{key:<20} {seen:>10.2f}   {detail}")
    FIGURES.append({"key": key, "seen": seen, "detail": detail})


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


def scaling(one: Callable[[Headers, bytes], None], work: list[Delivery]) -> tuple[float, str]:
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
    return ratios[len(ratios) // 2], f"{ratios[0]:.2f} to {ratios[-1]:.2f} ×"


if __name__ == "__main__":
    main()
