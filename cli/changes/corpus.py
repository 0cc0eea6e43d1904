"""The stories that are played: each sample, the stories of the tests, and a folder of your own."""

import json
from collections.abc import Iterator
from pathlib import Path

from cli.errors import RefusedError
from cli.samples.samples import EVENTS

type Stories = dict[str, list[str]]
"""The bodies of each story's events, by its name."""


def own_stories() -> Stories:
    """Each sample by itself, and the stories that the tests tell."""
    from tests.prove.stories import STORIES  # noqa: PLC0415 - the list of commands is shown without the tests

    samples = (path for path in sorted(EVENTS.rglob("*.json")) if path.parent.name != "sqs")
    alone = {f"sample {path.relative_to(EVENTS).with_suffix('')}": [path.read_text()] for path in samples}
    told = {f"story {name}": [event.model_dump_json() for event in story.events] for name, story in STORIES.items()}
    return alone | told


def stories_in(folder: Path) -> Stories:
    """A story for each file of `folder`: `*.json` holds an event or a list of events, `*.jsonl` one event a line.

    Raises:
        RefusedError: the folder has no such file, or a file holds no event.
    """
    files = sorted(path for path in folder.rglob("*.json*") if path.suffix in {".json", ".jsonl"})
    if not files:
        raise RefusedError(f"{folder} has no file *.json or *.jsonl with events of Stripe's")
    return {str(path.relative_to(folder)): list(_events(path)) for path in files}


def _events(path: Path) -> Iterator[str]:
    text = path.read_text()
    try:
        found = (
            [json.loads(line) for line in text.splitlines() if line] if path.suffix == ".jsonl" else json.loads(text)
        )
    except ValueError as error:
        raise RefusedError(f"{path} is no JSON: {error}") from None
    for number, event in enumerate(found if isinstance(found, list) else [found], start=1):
        if not isinstance(event, dict) or event.get("object") not in {"event", "v2.core.event"}:
            raise RefusedError(f'{path}: number {number} is no event of Stripe\'s, which has "object": "event"')
        yield json.dumps(event)
