"""GitHub's webhooks in Flask: ``gunicorn --workers 2 --threads 4 flask_app:app``.

``GITHUB_WEBHOOK_SECRET`` must be set; ``LEDGER`` is the ledger's file, which all workers share.
"""

import os
from typing import Any

import oasis
from flask import Flask, request

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 25 * 1024 * 1024  # GitHub sends no more.

# Opened by each worker for itself: without `--preload`, gunicorn imports this after the fork.
store = oasis.Store.sqlite(os.environ.get("LEDGER", "oasis.db"))
ingestor = oasis.Ingestor(os.environ["GITHUB_WEBHOOK_SECRET"], store)


@app.post("/webhooks/github")
def github() -> dict[str, Any]:
    event, duplicate = ingestor.ingest(request.headers, request.get_data())
    return {"position": event.position, "vtid": event.vtid, "duplicate": duplicate}


@app.errorhandler(oasis.OasisError)
def refuse(error: oasis.OasisError) -> tuple[dict[str, str], int]:
    return {"detail": str(error)}, error.http_status
