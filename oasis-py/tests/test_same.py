"""The same input is the same event in Rust and in Python, byte for byte."""

import json
import os
import subprocess
from pathlib import Path

import oasis
import pytest

CORPUS = Path(os.environ.get("OASIS_CORPUS", Path(__file__).parents[3] / "shared/corpus"))


@pytest.fixture(scope="module")
def corpus() -> Path:
    if not (CORPUS / "github").is_dir():
        # `none` says that it is missing on purpose, as on GitHub, where nobody may publish it.
        on_purpose = os.environ.get("OASIS_CORPUS") == "none"
        assert on_purpose or os.environ.get("CI") != "true", f"there is no corpus at {CORPUS}"
        pytest.skip(f"NOT TESTED against real payloads: no corpus at {CORPUS} (set OASIS_CORPUS)")
    return CORPUS


def test_every_payload_is_the_same_event(corpus: Path) -> None:
    lines, events = [], []
    for file in sorted([*corpus.glob("github/*/*.json"), *corpus.glob("gcp/**/*.json")]):
        body = file.read_bytes()
        github = file.is_relative_to(corpus / "github")
        kind = file.parent.name if github else "-"
        event = oasis.normalize_github(kind, body, "d-1") if github else oasis.normalize_gcp(body)
        lines.append("\t".join(["github" if github else "gcp", kind, "d-1", event.id, str(file)]))
        events.append(event.to_json())
    text = "".join(line + "\n" for line in lines)
    run = subprocess.run([os.environ["OASIS_NORMALIZE"]], input=text, capture_output=True, text=True, check=True)
    in_rust = run.stdout.split("\n")[:-1]
    assert len(in_rust) == len(events) > 300
    for line, rust, python in zip(lines, in_rust, events, strict=True):
        assert rust == python, line
    print(f"{len(events)} payloads")


def test_every_signature_is_judged_as_its_vector_says(corpus: Path) -> None:
    vectors = json.loads((corpus / "hmac/vectors.json").read_text())
    assert len(vectors) >= 22
    for one in vectors:
        text, file = one["body_utf8"], one["body_file"]
        body = (corpus / file).read_bytes() if text is None else text.encode()
        # SHA-1 is none that anybody should take, right or not.
        wanted = one["valid"] and one["header"].startswith("sha256=")
        assert oasis.verify_signature(one["secret"], body, one["header"]) is wanted, one["id"]


def test_every_task_id_of_real_histories_is_found(corpus: Path) -> None:
    texts = 0
    for file in sorted(corpus.glob("vtid/*.tsv")):
        for line in file.read_text().split("\n")[1:-1]:
            text, expected = line.split("\t")[:2]
            assert (oasis.extract_vtid(json.loads(text)) or "UNSET") == expected, line
            texts += 1
    assert texts >= 3400
