"""Stopped before or after any of its calls, or left without an answer, the consumer ends where it would have ended."""

import logging
import time
from collections.abc import Iterator

import pytest
from moto import mock_aws

from functions.consumer.routes import ROUTES
from tests.consumer.world import REGION
from tests.prove.matrix import Matrix
from tests.prove import plays
from tests.prove.stage import Stage
from tests.prove.theatre import Theatre
from tests.prove.wire import Fault


@pytest.fixture
def theatre(monkeypatch: pytest.MonkeyPatch) -> Iterator[Theatre]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        made = Theatre(Stage())
        made.open(monkeypatch)
        logging.disable(logging.CRITICAL)
        yield made
        logging.disable(logging.NOTSET)


def show(m,t):
    print("\n".join(m.table()), time.time() - t)
    print("\n".join(d[:1000] for d in m.divergences[:20]))
    print(set(h.__module__.rpartition(".")[2] for h in ROUTES.values()) - m.rows.keys())

def test_leaving(theatre: Theatre) -> None:
    t = time.time()
    m = Matrix(theatre)
    plays.leaving(m)
    show(m,t)
    assert not m.divergences

def test_trial(theatre: Theatre) -> None:
    t = time.time()
    m = Matrix(theatre)
    plays.trial(m)
    show(m,t)
    assert not m.divergences

def test_story(theatre: Theatre) -> None:
    t = time.time()
    m = Matrix(theatre, faults=(Fault.STOPPED_BEFORE, Fault.STOPPED_AFTER))
    plays.told_in_order(m, variants=False)
    show(m,t)
    assert not m.divergences
