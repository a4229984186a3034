"""The gateway itself."""

import os
from pathlib import Path

from program import Program

TOKEN = "canary-token-of-these-tests"


def gateway_in(folder: Path) -> Program:
    """A gateway whose data lie in this folder, and whose ingest token is ``TOKEN``."""
    given = {
        "OASIS_DATA_DIR": str(folder),
        "OASIS_LISTEN": "127.0.0.1:0",
        "OASIS_INGEST_TOKEN": TOKEN,
        "OASIS_LOG_FORMAT": "json",
    }
    return Program([os.environ["OASIS_GATEWAY"]], given, folder)


def beats(gateway: Program, agent: str) -> list[tuple[str, str, str]]:
    """What each of an agent's heartbeats became, its task and its status, the oldest first."""
    events = gateway.get("/api/v1/oasis/events?kind=heartbeat&order=asc")
    own = [one for one in events if one["meta"]["agent"] == agent]
    return [(one["title"].rsplit("-", 1)[1], one["vtid"], one["status"]) for one in own]
