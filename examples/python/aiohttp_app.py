"""GitHub's webhooks in aiohttp: ``python -m aiohttp.web -H 127.0.0.1 -P 8000 aiohttp_app:init``.

``GITHUB_WEBHOOK_SECRET`` must be set; ``LEDGER`` is the ledger's file.
"""

import os
from collections.abc import AsyncIterator

import oasis
from aiohttp import web

INGESTOR = web.AppKey("ingestor", oasis.Ingestor)


async def ledger(app: web.Application) -> AsyncIterator[None]:
    async with await oasis.Store.asqlite(os.environ.get("LEDGER", "oasis.db")) as store:
        app[INGESTOR] = oasis.Ingestor(os.environ["GITHUB_WEBHOOK_SECRET"], store)
        yield


async def github(request: web.Request) -> web.Response:
    try:
        body = await request.read()
        event, duplicate = await request.app[INGESTOR].aingest(request.headers, body)
    except oasis.OasisError as error:
        return web.json_response({"detail": str(error)}, status=error.http_status)
    answer = {"position": event.position, "vtid": event.vtid, "duplicate": duplicate}
    return web.json_response(answer)


def init(_: list[str]) -> web.Application:
    # GitHub sends 25 MiB at most; aiohttp takes 1 MiB.
    app = web.Application(client_max_size=25 * 1024 * 1024)
    app.cleanup_ctx.append(ledger)
    app.router.add_post("/webhooks/github", github)
    return app
