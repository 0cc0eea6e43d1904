"""Stopped before or after any of its calls, or left without an answer, the consumer ends where it would have ended."""

import logging
import time
from collections.abc import Iterator

import pytest
from moto import mock_aws

from functions.consumer.routes import ROUTES
from tests.consumer.world import REGION
from tests.prove.matrix import Tally
from tests.prove.plays import every_first, play_alone, play_story, stripe_act
from tests.prove.stage import Stage
from tests.prove.theatre import Theatre


@pytest.fixture
def theatre(monkeypatch: pytest.MonkeyPatch) -> Iterator[Theatre]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        made = Theatre(Stage())
        made.open(monkeypatch)
        logging.disable(logging.CRITICAL)
        yield made
        logging.disable(logging.NOTSET)


def test_story(theatre: Theatre) -> None:
    t = time.time()
    tally = Tally()
    play_story(theatre, tally, variants=False)
    print("\n".join(tally.lines()), time.time() - t)
    print("\n".join(d[:3000] for d in tally.divergences[:20]))
    print(set(h.__module__.rpartition(".")[2] for h in ROUTES.values()) - tally.rows.keys())
    assert not tally.divergences


@pytest.mark.skip
def test_first(theatre: Theatre) -> None:
    t = time.time()
    tally = Tally()
    for name in every_first(theatre):
        play_alone(theatre, stripe_act(name), tally)
    print("\n".join(tally.lines()), time.time() - t)
    print("\n".join(d[:3000] for d in tally.divergences[:20]))
