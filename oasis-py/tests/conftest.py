"""What several tests use."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from postgres import Postgres

# How long an example takes is the machine's business.
settings.register_profile("oasis", deadline=None)
settings.load_profile("oasis")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server
