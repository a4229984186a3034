"""``python -m oasis``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import oasis
import pytest


def run(*args: str, secret: str = "secret") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GITHUB_WEBHOOK_SECRET": secret}
    command = [sys.executable, "-m", "oasis", *args]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@pytest.fixture
def body(tmp_path: Path) -> Path:
    file = tmp_path / "push.json"
    file.write_bytes(b'{"ref":"refs/heads/vt/DEV-CICDL-0031"}')
    return file


def test_a_file_is_verified(body: Path) -> None:
    signature = oasis.Verifier("secret").sign(body.read_bytes())
    good = run("verify", str(body), signature)
    assert (good.returncode, good.stdout) == (0, "signed\n")
    for bad in (run("verify", str(body), "sha256=00"), run("verify", str(body), signature, secret="x")):
        assert bad.returncode == 1 and "X-Hub-Signature-256" in bad.stderr
    assert "empty" in run("verify", str(body), signature, secret="").stderr
    assert run("verify", str(body) + "x", signature).returncode == 1


def test_a_payload_is_explained(body: Path) -> None:
    shown = json.loads(run("explain", str(body), "--github", "push").stdout)
    assert (shown["title"], shown["vtid"]) == ("CICDL-PUSH-PUSHED", "DEV-CICDL-0031")
    assert json.loads(run("explain", str(body), "--gcp").stdout)["source"] == "gcp.deploy"
    assert run("explain", str(body)).returncode == 2
    assert "verify" in run("--help").stdout
    assert "GITHUB_WEBHOOK_SECRET" in run("verify", "--help").stdout
