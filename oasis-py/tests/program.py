"""A program that serves HTTP at a free port of the loopback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class Program:
    """Started with the block and stopped with it; what it says tells the port that it chose."""

    def __init__(self, command: list[str], given: Mapping[str, str], folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OASIS_")}
        self._command = command
        self._environment = {**kept, "PYTHONUNBUFFERED": "1", **given}
        self._folder = folder

    def __enter__(self) -> Program:
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = self._process.stdout
        assert said is not None
        lines = []
        for line in said:
            lines.append(line)
            if found := re.search(r"127\.0\.0\.1:([1-9]\d*)", line):
                self.port = int(found[1])
                break
        else:
            raise RuntimeError("it did not start:\n" + "".join(lines))
        self.url = f"http://127.0.0.1:{self.port}"
        # Read on, or a full pipe would stop it.
        threading.Thread(target=said.read, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(60)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        """The status and the JSON of the answer."""
        request = urllib.request.Request(self.url + path, body, dict(headers))
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
            is_json = error.headers.get_content_type() == "application/json"
            return error.code, json.loads(text) if is_json else text

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=60) as response:
            return json.load(response)

    def until(self, path: str, wanted: Callable[[Any], object]) -> Any:
        """Asks until the answer is as wanted; the tests' own end is the deadline."""
        while not wanted(answer := self.get(path)):
            threading.Event().wait(0.02)
        return answer
