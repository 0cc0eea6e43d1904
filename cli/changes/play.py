"""Plays stories through the code of one checkout, and prints each decision as a line of JSON.

Billhook diff runs this file with the checkout first on the import path: everything that it imports is that checkout's.
Standard input holds one story a line, `{"story": name, "events": [bodies]}`. A story of a deployed stack also has
`policy`, the deployed choices, and `arrived`, the arrival of each event in epoch seconds. Its `due` is false: no
message that would come due is played.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from functions.consumer.decide.decide import decide
from shared.policy.policy import Policy
from shared.stripe_objects.event import Event, read_event
from tests.support.books import BooksOf
from tests.support.samples import fired

MOST_OF_OUR_OWN = 50
"""How many messages that Billhook schedules itself are played after a story."""


def play(story: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The decision on each event, and then on what comes due; a failure ends the story."""
    books = BooksOf(policy=_policy(story["policy"]) if "policy" in story else None)
    arrived = story.get("arrived") or [None] * len(story["events"])
    try:
        for body, at in zip(story["events"], arrived, strict=True):
            yield _step(read_event(body).model_copy(update={"arrived": at}), books)
        played = set[str]()
        while story.get("due", True) and (due := [one for name, one in books.reminders.items() if name not in played]):
            soonest = min(due, key=lambda one: one.at)
            played.add(soonest.name)
            if len(played) > MOST_OF_OUR_OWN:
                return
            yield _step(fired(soonest), books)
    except Exception as error:  # noqa: BLE001 - a decision of either code may raise anything, and that is a finding
        yield {"error": type(error).__name__}


def _step(event: Event, books: BooksOf) -> dict[str, Any]:
    told = {"id": event.id, "type": event.type, "at": event.created}
    try:
        decision = decide(event, books)
        books.apply(decision)
    except Exception as error:  # noqa: BLE001 - as above
        return {**told, "error": f"{type(error).__name__} {getattr(error, 'code', '')}".strip()}
    saved = {"/".join(one.key): one.model_dump(mode="json", exclude={"version"}) for one in decision.save}
    journal = decision.journal.model_dump(mode="json") if decision.journal else None
    return {
        **told,
        "journal": journal,
        "saves": saved,
        "then": [one.model_dump(mode="json") | {"kind": one.kind} for one in decision.then],
    }


def _policy(chosen: Mapping[str, Any]) -> Policy:
    """The deployed choices that this version knows, with the plans of its own file."""
    known = {name: value for name, value in chosen.items() if name in Policy.model_fields}
    return Policy.model_validate({**known, "plans": BooksOf().policy.plans})


def main() -> None:
    """Play every story of standard input."""
    for line in sys.stdin:
        story = json.loads(line)
        print(json.dumps({"story": story["story"], "steps": list(play(story))}))


if __name__ == "__main__":
    main()
