"""What is played: every sample event that is routed, and every message that Billhook sends itself because of one."""

import heapq
import json
from collections.abc import Iterator

from functions.consumer.routes import ROUTES
from tests.prove.matrix import Tally, try_all
from tests.prove.theatre import Act, Theatre
from tests.support.samples import EVENTS, NAMES

SOON = 5
"""Seconds after which Stripe has delivered an event."""


def stripe_act(name: str) -> Act:
    """A sample event, delivered soon after it happened."""
    body = (EVENTS / f"{name}.json").read_text()
    event = json.loads(body)
    return Act(name, _handler(event["type"]), body, event["created"] + SOON)


def own_act(theatre: Theatre, schedule: str, why: str) -> Act:
    """The message of a schedule, when it comes due."""
    body = theatre.stage.fire(schedule)
    event = json.loads(body)
    at = max(event["created"], theatre.clock.now) + SOON
    return Act(f"{event['type']} {why}", _handler(event["type"]), body, at)


def routed() -> list[str]:
    """The samples that a handler decides on, in the order in which they happened."""
    acts = {
        name: stripe_act(name) for name in NAMES if json.loads((EVENTS / f"{name}.json").read_text())["type"] in ROUTES
    }
    return sorted(acts, key=lambda name: (acts[name].at, name))


def is_variant(name: str) -> bool:
    """Whether it tells what might have happened instead (events/README.md)."""
    return "/" in name or json.loads((EVENTS / f"{name}.json").read_text())["type"] != name


def play_story(theatre: Theatre, tally: Tally, *, variants: bool) -> None:
    """Fernhill Studio's story from end to end; each variant, too, where it might have happened, with what follows."""
    stage = theatre.stage
    agenda = [(stripe_act(name).at, name) for name in routed() if variants or not is_variant(name)]
    heapq.heapify(agenda)
    while agenda:
        _, name = heapq.heappop(agenda)
        known = set(stage.look().schedules)
        if name in known:
            try_all(theatre, own_act(theatre, name, "in the story"), tally)
        elif name in NAMES and is_variant(name):
            before = stage.keep()
            play_alone(theatre, stripe_act(name), tally)
            stage.put_back(before)
            continue
        else:
            try_all(theatre, stripe_act(name), tally)
        for new in set(stage.look().schedules) - known:
            due = json.loads(stage.look().schedules[new]["Target"]["Input"])["created"]
            heapq.heappush(agenda, (max(due, theatre.clock.now) + SOON, new))


def play_alone(theatre: Theatre, act: Act, tally: Tally) -> None:
    """One message, then each that it leads to, and so on."""
    stage = theatre.stage
    known = set(stage.look().schedules)
    try_all(theatre, act, tally)
    for new in sorted(set(stage.look().schedules) - known):
        before = stage.keep()
        play_alone(theatre, own_act(theatre, new, f"after {act.name}"), tally)
        stage.put_back(before)


def _handler(event_type: str) -> str:
    return ROUTES[event_type].__module__.rpartition(".")[2]


def every_first(theatre: Theatre) -> Iterator[str]:
    """The samples, each the first that is ever heard."""
    empty = theatre.stage.keep()
    for name in routed():
        theatre.stage.put_back(empty)
        yield name
