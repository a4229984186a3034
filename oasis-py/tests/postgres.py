"""A Postgres server of the tests' own, in a temporary directory, as `nobody` where they run as root."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

_AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class Postgres:
    """Started with the block and stopped with it."""

    def __enter__(self) -> Postgres:
        versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
        self._bin = max(versions, key=lambda path: int(path.parts[-3])).parent
        self._folder = Path(tempfile.mkdtemp(prefix="oasis-py-pg."))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "nobody", "nogroup")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._databases = 0
        self._run("initdb", "-D", self._data, "-U", "oasis", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        options = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
            " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        )
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", self._data, "-l", log, "-w", "-t", "60", "-o", options, "start")
        return self

    def database(self) -> str:
        """The URL of a new, empty database."""
        self._databases += 1
        name = f"oasis_{self._databases}"
        self._run("psql", "-X", "-q", "-c", f"CREATE DATABASE {name}", self._url("postgres"))
        return self._url(name)

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _url(self, database: str) -> str:
        return f"postgres://oasis@127.0.0.1:{self._port}/{database}"

    def _run(self, program: str, *args: str) -> None:
        before = _AS_NOBODY if os.geteuid() == 0 else []
        # The server would keep a pipe open for ever, so what goes wrong goes to a file.
        with tempfile.TemporaryFile() as said:
            command = [*before, str(self._bin / program), *args]
            run = subprocess.run(command, stdout=said, stderr=said, cwd="/")
            said.seek(0)
            assert run.returncode == 0, said.read().decode()
