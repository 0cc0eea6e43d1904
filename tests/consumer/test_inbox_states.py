"""In any interleaving of consumers and workers no owed effect is lost, and a done event stays done."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from functions.consumer.commit import claim
from functions.effects.lane import retry
from tests.consumer.lane_model import ATTEMPTS
from tests.consumer.lanes_machine import Lanes
from tests.consumer.world import World


def test_no_order_of_claims_turns_crashes_and_late_writes_breaks_the_inbox(
    world: World, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (claim, retry):
        monkeypatch.setattr(module, "ATTEMPTS", ATTEMPTS)
    runs = settings(max_examples=30 if engine == "moto" else 8, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(lambda: Lanes(world), settings=runs)  # type: ignore[arg-type] # it is only called
