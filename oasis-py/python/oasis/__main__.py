"""``python -m oasis``: verify a delivery that lies on a disk, or explain a payload."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import oasis


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        "python -m oasis",
        description="Verify a delivery that lies on a disk, or explain a payload.",
        epilog="Exit status: 0, 1 (not signed, or it failed), 2 (wrong usage).",
    )
    parser.add_argument("--version", action="version", version=oasis.__version__)
    commands = parser.add_subparsers(dest="command", required=True)

    verify = commands.add_parser("verify", help="say whether a secret signed a body")
    verify.add_argument("body", type=Path, help="the file of the raw body")
    verify.add_argument("signature", help="the value of X-Hub-Signature-256")
    verify.add_argument(
        "--secret-env",
        default="GITHUB_WEBHOOK_SECRET",
        metavar="NAME",
        help="the environment variable that holds the secret (default: %(default)s)",
    )

    explain = commands.add_parser("explain", help="show the event that a payload becomes")
    explain.add_argument("body", type=Path, help="the file of the payload")
    explain.add_argument("--github", metavar="EVENT", help="an event of GitHub's: push, pull_request …")
    explain.add_argument("--gcp", action="store_true", help="a message of Pub/Sub's or Eventarc's")

    given = parser.parse_args()
    try:
        body = given.body.read_bytes()
        if given.command == "verify":
            secret = os.environ.get(given.secret_env, "")
            oasis.Verifier(secret).check(body, given.signature)
            print("signed")
            return 0
        if bool(given.github) == given.gcp:
            explain.error("one of --github EVENT and --gcp is needed")
        event = oasis.normalize_gcp(body) if given.gcp else oasis.normalize_github(given.github, body)
        print(json.dumps(event.to_dict(), indent=2, ensure_ascii=False))
        return 0
    except (OSError, oasis.OasisError) as error:
        print(f"python -m oasis: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
