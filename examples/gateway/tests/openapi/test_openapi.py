"""The gateway answers as its OpenAPI document says, whatever it is asked."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path

from gateway import Gateway

TOKEN = "a-token-of-these-tests"


def test_the_gateway_does_what_its_document_says():
    # Feeds end, so that their answers can be looked at.
    rights = ("READ", "INGEST", "ADMIN")
    tokens = {f"OASIS_{right}_TOKEN": TOKEN for right in rights}
    gateway = Gateway(OASIS_FEED_SECONDS="1", **tokens)
    try:
        gateway.post("push", {"ref": "refs/heads/DEV-CICDL-0031", "repository": {}})
        address = f"{gateway.url}/openapi.json"
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        with urllib.request.urlopen(urllib.request.Request(address, headers=bearer)) as answer:
            document = json.load(answer)
        operations = sum(len(item) for item in document["paths"].values())
        run = subprocess.run(
            [os.environ["OASIS_SCHEMATHESIS"], "run", address]
            + ["--header", f"Authorization: Bearer {TOKEN}", "--checks", "all"]
            + ["--max-examples", "5", "--seed", "31"]
            + ["--continue-on-failure", "--no-color"],
            # The report's folder and what is remembered of a run are made where it starts.
            cwd=gateway.folder.name,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(Path(__file__).parent / "hooks.py")},
            capture_output=True,
            text=True,
            timeout=240,
        )
        print(run.stdout)
        assert run.returncode == 0, run.stdout + run.stderr
        # All but the document itself, which schemathesis asks for and leaves out.
        assert f"Tested: {operations - 1}\n" in run.stdout
    finally:
        gateway.stop()
