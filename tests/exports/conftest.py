"""A handler for the links of exports, on fakes of its two services."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from shared.runtime.quiet import LIBRARIES
from tests.exports.support import Exports

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def exports() -> Exports:
    return Exports()


@pytest.fixture(autouse=True)
def loggers_are_left_as_they_were() -> Iterator[None]:
    """Building the handler silences libraries, which other tests may want to hear."""
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    disabled = logging.root.manager.disable
    yield
    logging.disable(disabled)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
