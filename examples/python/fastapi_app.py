"""GitHub's webhooks in FastAPI: ``uvicorn fastapi_app:app``.

``GITHUB_WEBHOOK_SECRET`` must be set; ``LEDGER`` is the ledger's file.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import oasis
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

LARGEST = 25 * 1024 * 1024  # GitHub sends no more; FastAPI has no limit of its own.


@asynccontextmanager
async def ledger(app: FastAPI) -> AsyncIterator[None]:
    async with await oasis.Store.asqlite(os.environ.get("LEDGER", "oasis.db")) as store:
        app.state.store = store
        app.state.ingestor = oasis.Ingestor(os.environ["GITHUB_WEBHOOK_SECRET"], store)
        yield


app = FastAPI(lifespan=ledger)


@app.post("/webhooks/github")
async def github(request: Request) -> dict[str, Any]:
    body = await raw_body(request)
    event, duplicate = await app.state.ingestor.aingest(request.headers, body)
    return {"position": event.position, "vtid": event.vtid, "duplicate": duplicate}


@app.exception_handler(oasis.OasisError)
async def refuse(_: Request, error: oasis.OasisError) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, error.http_status)


# Put your own login before this one.
@app.get("/events")
async def events(vtid: str | None = None) -> list[dict[str, Any]]:
    return [event.to_dict() async for event in app.state.store.query(vtid=vtid, limit=200)]


async def raw_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HTTPException(413)
    return bytes(body)
