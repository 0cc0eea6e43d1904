"""A runner on an empty cloud for the proofs, and their figures at the end of the run."""

import logging
from collections.abc import Callable, Iterable, Iterator

import pytest
from moto import mock_aws

from functions.consumer import settings
from functions.effects import settings as effects_settings
from shared.policy.plans import AccessRules, OrderRules
from shared.policy.plans_file import read_plans
from tests.consumer.examples import REGION
from tests.prove.moto_cloud import MotoCloud
from tests.prove.runner import Runner

type Report = Callable[[str, Iterable[str]], None]

FIGURES = "figures"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """The composition roots of consumer and worker, on an empty cloud."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    logging.disable(logging.CRITICAL)  # a line for each of thousands of deliveries
    with mock_aws():
        runner = Runner(MotoCloud())
        runner.open(monkeypatch)
        yield runner
    logging.disable(logging.NOTSET)


@pytest.fixture
def every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Access ends by itself seven days after an unpaid invoice, and Stripe is asked what was bought in each order."""
    rules = {"access": AccessRules(grace_days=7), "orders": OrderRules(lines="stripe")}
    plans = read_plans().model_copy(update=rules)
    for module in (settings, effects_settings):
        monkeypatch.setattr(module, "read_plans", lambda: plans)


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """A function that stores figures under a title, for the end of the run; xdist brings them from its workers."""
    return lambda title, lines: request.node.user_properties.append((FIGURES, [title, *lines]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures, whether or not anything failed; tests with one title have one table."""
    told = [one for kind in ("passed", "failed", "error", "") for one in terminalreporter.getreports(kind)]
    tables: dict[str, dict[str, None]] = {}
    for title, *lines in (value for one in told for name, value in one.user_properties if name == FIGURES):
        tables.setdefault(title, {}).update(dict.fromkeys(lines))
    for title, lines in tables.items():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
