"""A handler of access, on fakes of the table and of Secrets Manager."""

import pytest

from tests.access.support import Access, item


@pytest.fixture
def access() -> Access:
    found = Access()
    found.holds(item())
    return found
