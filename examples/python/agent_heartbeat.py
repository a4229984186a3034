"""An agent that a gateway knows of: ``python agent_heartbeat.py NAME``, one task on each line of its input.

``OASIS_URL`` is the gateway's address, ``OASIS_INGEST_TOKEN`` its token for ingest.
"""

import os
import sys

import oasis


def main() -> None:
    url, token = os.environ["OASIS_URL"], os.environ["OASIS_INGEST_TOKEN"]
    with oasis.Heartbeat(url, token, agent=sys.argv[1], role="worker", status="idle") as beat:
        for line in sys.stdin:
            # The gateway hears of it at once, and that it still goes on every 30 seconds.
            beat.update(vtid=oasis.extract_vtid(line), status="busy")
            work(line)


def work(task: str) -> None:
    print(f"done: {task.strip()}", flush=True)


if __name__ == "__main__":
    main()
