"""Plays stories through the code of one checkout, and prints each decision as a line of JSON.

Billhook diff runs this file with the checkout first on the import path: everything that it imports is that checkout's.
Standard input holds one story a line, `{"story": name, "events": [bodies]}`.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from functions.consumer.decide.decide import decide
from shared.stripe_objects.event import Event, read_event
from tests.support.books import BooksOf
from tests.support.samples import fired

MOST_OF_OUR_OWN = 50
"""How many messages that Billhook schedules itself are played after a story."""


def play(bodies: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The decision on each event, and then on what comes due; a failure ends the story."""
    books = BooksOf()
    try:
        for body in bodies:
            yield _step(read_event(body), books)
        played = set[str]()
        while due := [one for name, one in books.reminders.items() if name not in played]:
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
    return {**told, "saves": saved, "then": [one.model_dump(mode="json") | {"kind": one.kind} for one in decision.then]}


def main() -> None:
    """Play every story of standard input."""
    for line in sys.stdin:
        story = json.loads(line)
        print(json.dumps({"story": story["story"], "steps": list(play(story["events"]))}))


if __name__ == "__main__":
    main()
