"""What is owed is performed once, and what was performed is known, whatever crashes in between."""

from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.consumer.claim import Claimed
from functions.consumer.commit import FencedError, commit
from functions.effects.perform import perform
from shared.decision import Decision
from shared.effects import Effect, Email, Erase, Export
from shared.inbox.outbox import Owed, OwedPublish, load
from tests.consumer.faults import Crash
from tests.consumer.world import LEASE, NOW, World, announcement, mail, reminder

TROUBLE = EndpointConnectionError(endpoint_url="https://email.example")


def owe(world: World, *effects: Effect) -> tuple[Claimed, tuple[Owed, ...]]:
    claimed = world.claim()
    outbox = commit(world.store, claimed, world.event(), "{}", Decision(then=effects))
    world.faults.calls.clear()
    return claimed, outbox


def perform_committed(world: World, claimed: Claimed, outbox: tuple[Owed, ...], *mails: Email) -> None:
    perform(world.store, world.performers, claimed, outbox, {one.key: one for one in mails})


def take_up(world: World) -> None:
    """The next attempt, once the lease of the last one has lapsed."""
    world.clock.now += LEASE
    claimed = world.claim()
    perform_committed(world, claimed, load(claimed.outbox or ""))


def outcomes(world: World) -> list[str | None]:
    return [owed.outcome for owed in load(world.inbox()["outbox"])]


def sent(world: World) -> list[str]:
    return [one.key for one in world.outside.mails]


def test_an_event_whose_effects_are_performed_is_done(world: World) -> None:
    perform_committed(world, *owe(world, mail(), reminder()), mail())
    assert (world.outside.mails, world.outside.reminders) == ([mail()], [reminder()])
    inbox = world.inbox()
    assert (inbox["state"], inbox["done_ms"]) == ("done", NOW * 1000)
    assert outcomes(world) == ["set", "sent"]


def test_a_reminder_and_a_mail_cost_one_write(world: World) -> None:
    perform_committed(world, *owe(world, mail(), reminder()), mail())
    assert world.faults.calls == ["UpdateItem"]


def test_a_failure_beside_a_mail_does_not_keep_it_and_the_mail_is_marked_before_the_failure_is_told(
    world: World,
) -> None:
    world.outside.reminder_troubles = [TROUBLE]
    with pytest.raises(EndpointConnectionError):
        perform_committed(world, *owe(world, mail(), reminder()), mail())
    assert (sent(world), outcomes(world)) == (["told"], [None, "sent"])
    take_up(world)
    assert (sent(world), world.outside.reminders) == (["told"], [reminder()])
    assert world.inbox()["state"] == "done"


def test_what_was_performed_beside_a_failure_is_not_performed_again(world: World) -> None:
    world.outside.mail_troubles = [TROUBLE]
    with pytest.raises(EndpointConnectionError):
        perform_committed(world, *owe(world, mail(), reminder(), announcement()), mail())
    assert outcomes(world) == ["set", "published", None]
    take_up(world)
    assert (world.outside.reminders, world.outside.announcements) == ([reminder()], [announcement()])
    assert (sent(world), world.inbox()["state"]) == (["told"], "done")


def test_an_export_is_not_written_again_though_its_mail_alone_fails(world: World) -> None:
    export = Export(account="acct_1", customer="cus_1")
    world.outside.mail_troubles = [TROUBLE]
    with pytest.raises(EndpointConnectionError):
        perform_committed(world, *owe(world, mail(), export), mail())
    assert outcomes(world) == ["written", None]
    take_up(world)
    assert (world.outside.exports, sent(world)) == ([export], ["told"])


def test_a_failure_beside_which_nothing_was_performed_writes_nothing(world: World) -> None:
    world.outside.mail_troubles = [TROUBLE]
    with pytest.raises(EndpointConnectionError):
        perform_committed(world, *owe(world, mail()), mail())
    assert world.faults.calls == []


def test_a_finished_event_says_nothing_of_earlier_errors(world: World) -> None:
    claimed, outbox = owe(world, mail())
    world.write_inbox({"error": "KeyError unexpected", "next_at": NOW})
    perform_committed(world, claimed, outbox, mail())
    assert not {"error", "next_at"} & world.inbox().keys()


def test_a_mail_is_marked_before_the_next_begins_and_not_sent_again(world: World) -> None:
    world.outside.mail_troubles = [None, Crash()]
    with pytest.raises(Crash):
        perform_committed(world, *owe(world, mail("one"), mail("two")), mail("one"), mail("two"))
    assert outcomes(world) == ["sent", None]
    take_up(world)
    assert sent(world) == ["one", "two"]
    assert world.inbox()["state"] == "done"


def test_a_later_attempt_sends_the_words_that_were_committed(world: World) -> None:
    owe(world, mail())
    take_up(world)
    assert world.outside.mails == [mail()]


def test_a_reminder_is_set_again_rather_than_never(world: World) -> None:
    world.outside.mail_troubles = [Crash()]
    with pytest.raises(Crash):
        perform_committed(world, *owe(world, reminder(), mail()))
    assert world.outside.reminders == [reminder()]
    take_up(world)
    assert world.outside.reminders == [reminder(), reminder()]
    assert outcomes(world) == ["set", "sent"]


@pytest.mark.parametrize(("undeliverable", "outcome"), [(mail(expires=NOW), "too late"), (mail(to=None), "no address")])
def test_a_mail_that_cannot_be_sent_is_recorded_and_the_event_is_done(
    world: World, undeliverable: Email, outcome: str
) -> None:
    perform_committed(world, *owe(world, undeliverable), undeliverable)
    assert sent(world) == []
    assert outcomes(world) == [outcome]
    assert world.inbox()["state"] == "done"


def test_a_mail_whose_words_were_erased_is_not_sent(world: World) -> None:
    owe(world, mail())
    world.erase("mail#told")
    take_up(world)
    assert sent(world) == []
    assert outcomes(world) == ["erased"]


def test_a_late_consumer_cannot_finish_the_event(world: World) -> None:
    late, outbox = owe(world, reminder())
    world.clock.now += LEASE
    world.claim()
    with pytest.raises(FencedError):
        perform_committed(world, late, outbox)
    assert world.inbox()["state"] == "committed"
    assert outcomes(world) == [None]


def test_a_late_consumer_stops_after_the_first_mail(world: World) -> None:
    late, outbox = owe(world, mail("one"), mail("two"))
    world.clock.now += LEASE
    world.claim()
    with pytest.raises(FencedError):
        perform_committed(world, late, outbox)
    assert sent(world) == ["one"]


def test_all_announcements_are_made_together_and_forgotten_once_they_are_made(world: World) -> None:
    perform_committed(world, *owe(world, announcement("evt_1:one"), announcement("evt_1:two")))
    assert world.outside.announcements == [announcement("evt_1:one"), announcement("evt_1:two")]
    assert load(world.inbox()["outbox"]) == (OwedPublish(outcome="published"),)


def test_an_announcement_is_made_again_rather_than_never(world: World) -> None:
    world.outside.mail_troubles = [Crash()]
    with pytest.raises(Crash):
        perform_committed(world, *owe(world, announcement(), mail()))
    take_up(world)
    assert world.outside.announcements == [announcement(), announcement()]
    assert sent(world) == ["told"]


def test_an_export_and_an_erasure_are_performed_before_their_mail(world: World) -> None:
    export = Export(account="acct_1", customer="cus_1")
    erase = Erase(account="acct_1", customer="cus_1", as_of=NOW)
    perform_committed(world, *owe(world, mail(), erase, export), mail())
    assert (world.outside.exports, world.outside.erasures) == ([export], [erase])
    assert outcomes(world) == ["written", "erased", "sent"]


def test_a_mail_to_the_operator_finds_its_address_when_it_is_sent(world: World) -> None:
    notice = mail(to=None).model_copy(update={"audience": "operator"})
    perform_committed(world, *owe(world, notice), notice)
    assert world.outside.mails == [notice]


def test_marks_whose_answers_were_lost_stand(world: World) -> None:
    claimed, outbox = owe(world, mail("one"), mail("two"))
    world.faults.lose_answer("UpdateItem", times=2)
    perform_committed(world, claimed, outbox, mail("one"), mail("two"))
    assert outcomes(world) == ["sent", "sent"]
    assert world.inbox()["state"] == "done"


def test_a_mail_that_the_books_have_overtaken_since_it_was_committed_is_not_sent(world: World) -> None:
    owe(world, mail())
    world.clock.now += LEASE
    claimed = world.claim()
    performers = replace(world.performers, overtaken=lambda _mail: True)

    perform(world.store, performers, claimed, load(claimed.outbox or ""), {})

    assert (sent(world), outcomes(world)) == ([], ["overtaken"])
