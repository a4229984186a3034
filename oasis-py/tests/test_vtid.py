"""Task ids in texts."""

import oasis
import pytest


@pytest.mark.parametrize(
    ("text", "vtid"),
    [
        ("[VTID DEV-CICDL-0031] Phase 2", "DEV-CICDL-0031"),
        ("vt/dev-cicdl-0031-phase2", "DEV-CICDL-0031"),
        ("fix (VTID-03697)", "VTID-03697"),
        ("éDEV-CICDL-0031🚀", "DEV-CICDL-0031"),
        ("gateway-staging-00430", None),
        ("", None),
    ],
)
def test_the_first_id_in_capitals_or_none(text: str, vtid: str | None) -> None:
    assert oasis.extract_vtid(text) == vtid
