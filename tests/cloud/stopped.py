"""Stops the triggers of the effects worker for a moment, so that time can pass while no function holds a lease."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cli.local.stack import Stack

SECONDS = 120


@contextmanager
def stopped_worker(stack: Stack) -> Iterator[None]:
    """No function runs within the block, however many mails wait; the queues are read again after it.

    Raises:
        TimeoutError: a function still runs after two minutes.
    """
    functions = stack.cloud.client("lambda")
    triggers = [
        one["UUID"]
        for one in functions.list_event_source_mappings()["EventSourceMappings"]
        if "EffectsFunction" in one["FunctionArn"]
    ]
    assert len(triggers) == 2
    _switch(functions, triggers, on=False)
    try:
        _wait_until_nothing_runs(stack)
        yield
    finally:
        _switch(functions, triggers, on=True)


def _switch(functions: Any, triggers: list[str], *, on: bool) -> None:  # noqa: ANN401 - a client without types
    for trigger in triggers:
        functions.update_event_source_mapping(UUID=trigger, Enabled=on)


def _wait_until_nothing_runs(stack: Stack) -> None:
    """Return after half a second without a function: a batch may have been read just before the triggers stopped."""
    deadline, still = time.monotonic() + SECONDS, 0
    while still < 5:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{stack.cloud.running()} functions run still")
        still = 0 if stack.cloud.running() else still + 1
        time.sleep(0.1)
