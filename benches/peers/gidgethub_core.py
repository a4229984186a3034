"""Reads a folder of payloads NAME.EVENT.json, verifies and reads each with gidgethub again and again, and
prints a line "NAME MICROSECONDS" of CPU time, the median of some rounds.
"""

import hashlib
import hmac
import statistics
import sys
import time
from pathlib import Path

from gidgethub import sansio

SECRET = "It's a Secret to Everybody"
ROUNDS = 15
ROUND = 0.03


def main() -> None:
    for file in sorted(Path(sys.argv[1]).glob("*.json")):
        name, event, _ = file.name.split(".")
        body = file.read_bytes()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json",
            "x-github-event": event,
            "x-github-delivery": "d-1",
            "x-hub-signature-256": f"sha256={digest}",
        }
        taken = []
        for _ in range(ROUNDS):
            start, times = time.process_time(), 0
            while time.process_time() - start < ROUND:
                sansio.Event.from_http(headers, body, secret=SECRET)
                times += 1
            taken.append((time.process_time() - start) / times)
        print(f"{name} {statistics.median(taken) * 1e6:.2f}")


if __name__ == "__main__":
    main()
