"""The stored outbox keeps lanes and order; an older version's outbox is handed over and performed."""

import json
from typing import Any

import pytest

from functions.consumer.consume import Outcome
from functions.effects.lane.lease import lease
from shared.effects.effect import Effect
from shared.effects.email import Email
from shared.effects.erasure import Erase, Export
from shared.effects.observe import Observe
from shared.inbox.leases import LeasedElsewhere
from shared.inbox.outbox import (
    OwedErasure,
    OwedExport,
    OwedMail,
    OwedObservation,
    OwedPublish,
    OwedReminder,
    dump,
    lanes_of,
    load,
    owed_for,
    owing,
)
from tests.consumer.examples import LEASE, NOW, PARTITION, announcement, mail, reminder
from tests.consumer.world import World

EVERY_KIND: tuple[Effect, ...] = (
    mail(),
    reminder(),
    announcement(),
    Export(account="acct_1", customer="cus_1"),
    Erase(account="acct_1", customer="cus_1", as_of=NOW),
    Observe(object="customer", account="acct_1", id="cus_1", event="evt_1"),
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


def test_what_others_wait_for_comes_first_and_mails_come_last() -> None:
    farewell = mail("farewell").model_copy(update={"data": {"name": "Ann", "export": True}})
    outbox = owed_for([farewell, mail(), *EVERY_KIND[1:]])
    kinds = (OwedExport, OwedErasure, OwedReminder, OwedPublish, OwedObservation, OwedMail, OwedMail)
    assert tuple(map(type, outbox)) == kinds
    assert [owed.after for owed in outbox] == [None, None, None, 1, None, 0, None]


def test_mails_have_a_lane_of_their_own() -> None:
    assert {effect.kind: lanes_of(owed_for([effect])) for effect in EVERY_KIND} == {
        "email": ("mails",),
        **dict.fromkeys(("remind", "publish", "export", "erase", "observe"), ("effects",)),
    }
    assert lanes_of(owed_for(EVERY_KIND)) == ("effects", "mails")
    assert lanes_of(()) == ()


# ---- what code before the effects worker has left


def left(world: World, state: str, *outcomes: str | None, lease_until: int = 0) -> None:
    """An item of the version before: a reminder and a mail with these `outcomes`, and no `progress`."""
    world.claim()
    entries = stored(reminder(), mail())
    for entry, outcome in zip(entries, outcomes, strict=False):
        if outcome:
            entry["outcome"] = outcome
    world.write_inbox({"state": state, "outbox": json.dumps(entries), "lease_until": lease_until})
    write_mail(world, mail())


def write_mail(world: World, committed: Email, **more: object) -> None:
    written = json.loads(committed.model_dump_json()) | more
    world.write_book(PARTITION, "mail#told", {"event": "evt_1", "mail": json.dumps(written)})


@pytest.mark.parametrize("state", ["committed", "failed"])
@pytest.mark.parametrize("message", ["message-1", "message-2"], ids=["redelivered", "redriven"])
def test_what_the_version_before_left_unfinished_is_handed_over_and_performed(
    world: World, state: str, message: str
) -> None:
    left(world, state)
    assert world.consume(message) == Outcome("handed over")
    assert world.queues.sent == [("effects", "evt_1", "acct_1"), ("mails", "evt_1", "acct_1")]
    world.work_all()
    assert (world.services.reminders, world.services.mails) == ([reminder()], [mail()])
    assert world.inbox()["state"] == "done"


def test_what_the_version_before_had_performed_is_not_performed_again(world: World) -> None:
    left(world, "failed", "set")
    assert world.consume() == Outcome("handed over")
    assert world.queues.sent == [("mails", "evt_1", "acct_1")]
    world.work_all()
    assert (world.services.reminders, world.services.mails) == ([], [mail()])
    assert (world.inbox()["state"], world.outcomes()) == ("done", ["set", "sent"])


def test_while_the_version_before_still_performs_the_worker_waits_for_its_lease(world: World) -> None:
    left(world, "committed", lease_until=NOW + LEASE)
    assert world.consume("message-2") == Outcome("handed over")
    owed = world.owed_message("mails")
    assert lease(world.store, owed) == LeasedElsewhere(LEASE)
    world.clock.now += LEASE
    world.work("mails")
    world.work("effects")
    assert (world.services.reminders, world.services.mails) == ([reminder()], [mail()])


def test_an_item_of_the_version_before_owes_what_has_no_outcome(world: World) -> None:
    left(world, "committed", "set")
    assert owing(world.inbox()) == ("mails",)


def test_a_mail_that_older_code_committed_is_sent(world: World) -> None:
    world.claim()
    (entry,) = stored(mail())
    outbox = json.dumps([entry | {"v": 0, "language": "en"}])
    world.write_inbox({"state": "committed", "outbox": outbox, "lease_until": 0})
    older = json.loads(mail().model_dump_json(exclude={"audience"})) | {"language": "en"}
    world.write_book(PARTITION, "mail#told", {"event": "evt_1", "mail": json.dumps(older)})
    assert world.consume().state == "handed over"
    world.work("mails")
    assert world.services.mails == [mail()]
