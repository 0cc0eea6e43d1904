"""A handler of ingest on fakes, and requests to send it."""

from __future__ import annotations

import pytest

from tests.ingest.support import Ingest


@pytest.fixture
def ingest() -> Ingest:
    return Ingest()
