"""GitHub's webhooks in AWS Lambda, behind an HTTP API or a function URL: ``lambda_handler.handler``.

``GITHUB_WEBHOOK_SECRET`` and ``DATABASE_URL``, a Postgres, must be set.
"""

import base64
import json
import os
from typing import Any

import oasis

# Opened when an instance starts, and used by all requests that it serves.
store = oasis.Store.postgres(os.environ["DATABASE_URL"])
ingestor = oasis.Ingestor(os.environ["GITHUB_WEBHOOK_SECRET"], store)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    text = event.get("body") or ""
    body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    try:
        stored, duplicate = ingestor.ingest(event["headers"], body)
    except oasis.OasisError as error:
        return answer(error.http_status, {"detail": str(error)})
    return answer(200, {"position": stored.position, "vtid": stored.vtid, "duplicate": duplicate})


def answer(status: int, content: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(content)}
