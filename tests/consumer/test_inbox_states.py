"""Whatever consumers do to an event, in whatever order: one holder at a time, done stays done, nothing owed is lost."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from functions.consumer import claim
from tests.consumer.inbox_machine import Inbox
from tests.consumer.world import World


def test_no_order_of_claims_crashes_and_late_writes_breaks_the_inbox(
    world: World, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "ATTEMPTS", 2)  # so that short runs use them up
    runs = settings(max_examples=30 if engine == "moto" else 8, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(lambda: Inbox(world), settings=runs)  # type: ignore[arg-type] # it is only called
