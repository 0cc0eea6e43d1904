from __future__ import annotations

import pytest

from tests.ingest.support import Ingest


@pytest.fixture
def ingest() -> Ingest:
    return Ingest()
