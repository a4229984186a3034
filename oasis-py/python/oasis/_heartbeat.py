"""Signs of life of an agent, sent to a gateway."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

_log = logging.getLogger("oasis.heartbeat")

_PATH = "/api/v1/agents/heartbeat"
_LONGEST_PAUSE = 300.0
"""Seconds between two tries at a gateway that doesn't answer, at most."""


class Heartbeat:
    """Tells a gateway that an agent is there, for as long as its block runs.

    ``with Heartbeat(url, token, agent="crew-7", role="worker"):`` or ``async with``. A thread of
    its own sends a beat at once, then one each ``interval`` seconds, one as soon as ``update`` says
    something new, and a last one with the status ``offline``.

    Nothing that goes wrong reaches the program: it is logged (``oasis.heartbeat``), and tried again
    after a pause that grows to five minutes. Only arguments that can't be meant raise
    ``ValueError``, when it is made.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        agent: str,
        role: str,
        vtid: str | None = None,
        status: str = "ok",
        interval: float = 30.0,
        timeout: float = 5.0,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("`url` must be the gateway's, http:// or https://")
        if not agent.strip() or not role.strip():
            raise ValueError("`agent` and `role` must not be blank")
        if not 1 <= interval <= 86_400:
            raise ValueError("`interval` must be from 1 to 86400 seconds")
        self._url = url.rstrip("/") + _PATH
        self._token = token
        self._interval = interval
        self._timeout = timeout
        self._fixed = {"agent": agent, "role": role, "interval_seconds": max(1, round(interval))}
        self._told: dict[str, Any] = {"vtid": vtid, "status": status, "meta": dict(meta or {})}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stop = False
        self._thread: threading.Thread | None = None
        self._failures = 0
        # Redirects are refused: one would carry the token to somebody else.
        self._opener = urllib.request.build_opener(_NoRedirect)

    def update(
        self,
        *,
        vtid: str | None = None,
        status: str | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        """Tells something new at once; what is ``None`` stays as it was."""
        with self._lock:
            if vtid is not None:
                self._told["vtid"] = vtid
            if status is not None:
                self._told["status"] = status
            if meta is not None:
                self._told["meta"] = dict(meta)
        self._wake.set()

    def start(self) -> None:
        """Starts to beat; ``with`` does it."""
        if self._thread is None:
            self._stop = False
            self._thread = threading.Thread(target=self._run, name="oasis-heartbeat", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Sends the last beat and ends; takes ``timeout`` at most if the gateway is silent."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop = True
            self._wake.set()
            # One beat may be under way, then comes the last.
            thread.join(2 * self._timeout)

    def __enter__(self) -> Heartbeat:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Heartbeat:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)

    def __repr__(self) -> str:
        return f"<Heartbeat {self._fixed['agent']} to {self._url}>"

    def _run(self) -> None:
        while not self._stop:
            self._wake.clear()
            self._beat()
            if self._failures and not self._stop:
                # News don't shorten this pause: a gateway that fails is not to be pressed.
                self._pause(self._backoff())
            else:
                self._wake.wait(self._interval)
        self._beat(status="offline")

    def _pause(self, seconds: float) -> None:
        while not self._stop:
            self._wake.clear()
            if self._stop or not self._wake.wait(seconds):
                return

    def _backoff(self) -> float:
        grown: float = self._interval * 2 ** min(self._failures - 1, 16)
        # Apart from each other, so that a gateway that comes back doesn't meet all at once.
        return max(1.0, min(grown, _LONGEST_PAUSE)) * random.uniform(0.5, 1.0)

    def _body(self, **over: Any) -> bytes:
        with self._lock:
            told = {name: value for name, value in self._told.items() if value is not None}
        return json.dumps({**self._fixed, **told, **over}, default=str).encode()

    def _beat(self, **over: Any) -> None:
        try:
            body = self._body(**over)
            request = urllib.request.Request(self._url, data=body, method="POST")
            request.add_header("Content-Type", "application/json")
            request.add_header("Authorization", f"Bearer {self._token}")
            with self._opener.open(request, timeout=self._timeout) as response:
                response.read(4096)
        except Exception as error:  # Whatever it is, the program goes on.
            self._failures += 1
            reason = _reason(error)
            level = logging.WARNING if self._failures == 1 else logging.DEBUG
            _log.log(level, "heartbeat not taken by %s: %s", self._url, reason)
        else:
            if self._failures:
                _log.info("heartbeat taken again by %s", self._url)
            self._failures = 0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any
    ) -> None:
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        with error:
            said = error.read(1000).decode("utf-8", "replace")
        return f"{error.code} {said}".strip()
    return f"{type(error).__name__}: {error}"
