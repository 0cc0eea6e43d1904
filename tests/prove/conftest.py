"""The theatre that the proofs are played in, and their figures at the end of the run."""

import logging
from collections.abc import Callable, Iterable, Iterator

import pytest
from moto import mock_aws

from tests.consumer.world import REGION
from tests.prove.stage import Stage
from tests.prove.theatre import Theatre

type Report = Callable[[str, Iterable[str]], None]

_FIGURES = pytest.StashKey[list[tuple[str, list[str]]]]()


@pytest.fixture
def theatre(monkeypatch: pytest.MonkeyPatch) -> Iterator[Theatre]:
    """An empty stage, and before it the composition roots of consumer and worker."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    logging.disable(logging.CRITICAL)  # a line for each of thousands of deliveries
    with mock_aws():
        theatre = Theatre(Stage())
        theatre.open(monkeypatch)
        yield theatre
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Report:
    """A function that keeps figures, under a title, for the end of the run."""
    figures = request.config.stash.setdefault(_FIGURES, [])
    return lambda title, lines: figures.append((title, list(lines)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures, whether or not anything failed."""
    for title, lines in config.stash.get(_FIGURES, []):
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
