"""What an older version of this code has committed, and a newer one performs."""

import json
from typing import Any

import pytest

from functions.consumer.consume import consume
from shared.effects import Effect, Erase, Export
from shared.inbox.outbox import dump, load, owed_for
from tests.consumer.world import LEASE, NOW, PARTITION, World, announcement, mail, reminder

EVERY_KIND: tuple[Effect, ...] = (
    mail(),
    reminder(),
    announcement(),
    Export(account="acct_1", customer="cus_1"),
    Erase(account="acct_1", customer="cus_1", as_of=NOW),
)


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def stored(*effects: Effect) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(dump(owed_for(effects)))
    return entries


@pytest.mark.parametrize("effect", EVERY_KIND, ids=lambda effect: effect.kind)
def test_an_entry_says_in_which_version_it_is_written(effect: Effect) -> None:
    assert [entry["v"] for entry in stored(effect)] == [1]


@pytest.mark.parametrize("effect", EVERY_KIND, ids=lambda effect: effect.kind)
def test_an_entry_is_read_whatever_older_code_left_out_or_added(effect: Effect) -> None:
    (entry,) = stored(effect)
    older = {name: value for name, value in entry.items() if name != "v"} | {"priority": "since given up"}
    assert load(json.dumps([older])) == owed_for([effect])


def test_a_mail_that_older_code_committed_is_sent(world: World) -> None:
    world.claim()
    (entry,) = stored(mail())
    world.write_inbox({"state": "committed", "outbox": json.dumps([entry | {"v": 0, "language": "en"}])})
    older = json.loads(mail().model_dump_json(exclude={"audience"})) | {"language": "en"}
    world.write_book(PARTITION, "mail#told", {"event": "evt_1", "mail": json.dumps(older)})
    world.clock.now += LEASE
    assert consume(world.consumer, world.message()).state == "done"
    assert world.outside.mails == [mail()]
