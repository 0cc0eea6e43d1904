"""Finished messages are deleted, unfinished ones return when due, and no mail is claimed while SES rests."""

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.effects.handler import SPARE
from functions.effects.lane.progress import give_up
from functions.effects.mails.mailer import REST
from functions.effects.worker import Done, Partial
from shared.failures.errors import Permanent
from shared.values.times import HOUR
from tests.consumer.examples import LEASE, NOW, mail, reminder
from tests.effects.invoking import Lambda
from tests.effects.owed_effects import UNREACHABLE, erasing, known, owe
from tests.effects.records import record
from tests.effects.ses import QUOTA, refusal
from tests.support.mails import FULL

MAIL = mail().model_copy(update={"data": FULL["receipt"]})


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def test_a_message_of_each_queue_performs_its_lane_and_goes(worker: Lambda) -> None:
    owe(worker.world, MAIL, reminder())
    assert worker.handle(record("effects")) == []
    assert (worker.world.services.reminders, worker.ses.taken) == ([reminder()], [])
    assert worker.handle(record("mails")) == []
    assert len(worker.ses.taken) == 1
    assert worker.world.inbox()["state"] == "done"


def test_what_waits_is_shown_again_when_it_is_due(worker: Lambda) -> None:
    worker.world.services.reminder_errors = [UNREACHABLE]
    owe(worker.world, reminder())
    worker.expect_wait(60)
    assert worker.handle(record()) == ["effects of evt_1"]


def test_of_several_messages_only_those_that_wait_go_back(worker: Lambda) -> None:
    worker.world.services.reminder_errors = [None, UNREACHABLE]
    for number in (1, 2, 3):
        owe(worker.world, reminder(f"in_{number}"), event_id=f"evt_{number}")
    worker.expect_wait(60, event_id="evt_2")
    assert worker.handle(*(record(event_id=f"evt_{number}") for number in (1, 2, 3))) == ["effects of evt_2"]
    assert len(worker.world.services.reminders) == 2


def test_a_failed_message_is_shown_again_at_once_until_sqs_has_counted_it_out(worker: Lambda) -> None:
    worker.world.services.reminder_errors = [Permanent("not_for_us")]
    owe(worker.world, reminder())
    for _ in range(2):
        worker.expect_wait(0)
        assert worker.handle(record()) == ["effects of evt_1"]
    assert worker.states() == ["failed", "awaiting dead letter"]


def test_a_redriven_message_is_tried_afresh(worker: Lambda) -> None:
    owe(worker.world, reminder())
    give_up(worker.world.store, worker.world.lease("effects"), {}, "Permanent not_for_us")
    worker.world.clock.now += HOUR
    assert worker.handle(record(sent=worker.world.clock.now)) == []
    assert worker.states() == ["performed"]


def test_a_lane_that_is_leased_elsewhere_comes_again_after_its_lease(worker: Lambda) -> None:
    owe(worker.world, reminder())
    worker.world.lease("effects")
    worker.expect_wait(LEASE + 1)
    assert worker.handle(record()) == ["effects of evt_1"]


def test_a_message_too_many_goes(worker: Lambda) -> None:
    assert worker.handle(record(event_id="evt_unheard_of")) == []
    assert worker.states() == ["nothing owed"]


@pytest.mark.parametrize("body", ["no JSON", "{}", '{"event": ""}'])
def test_a_body_that_names_no_event_is_counted_out_as_an_error(worker: Lambda, body: str) -> None:
    worker.expect_wait(0)
    assert worker.handle(record(body=body)) == ["effects of evt_1"]
    assert [(line["message"], line["level"]) for line in worker.lines()] == [("unreadable", "ERROR")]
    assert worker.world.faults.calls == []


def test_a_worker_that_was_fenced_off_leaves_the_message_to_the_other_one(
    worker: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worker.world

    def slow(_mail: object) -> None:
        world.clock.now += LEASE
        world.lease("mails")

    monkeypatch.setattr(worker.ses, "send_email", lambda **request: slow(request))
    owe(world, MAIL)
    worker.expect_wait(LEASE, "mails")
    assert worker.handle(record("mails")) == ["mails of evt_1"]
    assert worker.states() == ["fenced"]


def test_a_table_that_does_not_answer_costs_no_attempt_and_asks_less_and_less(worker: Lambda) -> None:
    owe(worker.world, reminder())
    for waited, wait in ((0, 4), (100, 100), (2 * HOUR, HOUR)):
        worker.world.faults.refuse("UpdateItem", "ProvisionedThroughputExceededException", times=3)
        worker.expect_wait(wait)
        assert worker.handle(record(first_received=worker.world.clock.now - waited)) == ["effects of evt_1"]
    assert worker.states() == ["unrecorded"] * 3
    assert worker.world.inbox()["progress"] == {}


def test_a_mark_that_could_not_be_written_is_logged_as_an_error(worker: Lambda) -> None:
    owe(worker.world, reminder())
    worker.world.faults.meanwhile("UpdateItem", lambda: None)
    worker.world.faults.refuse("UpdateItem", "AccessDeniedException")
    worker.expect_wait(60)
    assert worker.handle(record()) == ["effects of evt_1"]
    (line,) = worker.lines()
    assert (line["level"], line["error"]) == ("ERROR", "ClientError AccessDeniedException at UpdateItem")


@pytest.mark.parametrize(("waited", "wait"), [(30 * 60, 60), (2 * HOUR, HOUR)])
def test_a_table_that_is_denied_is_tried_by_the_minute_for_an_hour(worker: Lambda, waited: int, wait: int) -> None:
    owe(worker.world, reminder())
    worker.world.faults.refuse("UpdateItem", "AccessDeniedException")
    worker.expect_wait(wait)
    assert worker.handle(record(first_received=worker.world.clock.now - waited)) == ["effects of evt_1"]


def test_while_ses_rests_a_mail_waits_without_being_claimed_and_other_effects_do_not(worker: Lambda) -> None:
    worker.ses.errors = [refusal(*QUOTA)]
    for number in (1, 2):
        owe(worker.world, mail(f"mail {number}").model_copy(update={"data": FULL["receipt"]}), event_id=f"evt_{number}")
    owe(worker.world, reminder(), event_id="evt_3")
    worker.expect_wait(HOUR, "mails")
    worker.handle(record("mails"))
    worker.world.faults.calls.clear()
    worker.expect_wait(REST, "mails", "evt_2")
    assert worker.handle(record("mails", "evt_2")) == ["mails of evt_2"]
    assert (worker.world.faults.calls, worker.ses.calls) == ([], 1)
    assert worker.handle(record("effects", "evt_3")) == []
    assert worker.states() == ["waits", "resting", "performed"]


def test_a_mail_that_has_waited_long_is_deferred_for_longer(worker: Lambda) -> None:
    worker.mailer.resting_until = NOW + REST
    worker.expect_wait(1000, "mails")
    worker.handle(record("mails", first_received=NOW - 1000))


def test_after_a_minute_mails_go_again(worker: Lambda) -> None:
    worker.mailer.resting_until = NOW + REST
    owe(worker.world, MAIL)
    worker.world.clock.now += REST
    assert worker.handle(record("mails")) == []
    assert len(worker.ses.taken) == 1


def test_a_long_erasure_goes_on_by_a_message_of_its_own(worker: Lambda, monkeypatch: pytest.MonkeyPatch) -> None:
    deadlines = []

    def erase(_effect: object, _committed_ms: int, cursor: str | None, deadline: float) -> Done | Partial:
        deadlines.append(deadline)
        return Done("erased 2") if cursor else Partial("half")

    monkeypatch.setattr(worker.world.services, "erase", erase)
    known(worker.world)
    owe(worker.world, erasing(worker.world))
    worker.world.queues.sent.clear()
    assert worker.handle(record()) == []
    assert worker.world.queues.sent == [("effects", "evt_1", "acct_1")]
    assert worker.handle(record()) == []
    assert len(worker.world.queues.sent) == 1
    assert worker.states() == ["goes on", "performed"]
    assert deadlines == [NOW + 60 - SPARE] * 2


def test_an_erasure_whose_own_message_was_refused_goes_on_by_the_old_one(
    worker: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.world.services, "erase", lambda *_: Partial("half"))
    known(worker.world)
    owe(worker.world, erasing(worker.world))
    worker.world.queues.errors = [EndpointConnectionError(endpoint_url="https://queue.example")]
    worker.expect_wait(4)
    assert worker.handle(record()) == ["effects of evt_1"]
    assert worker.world.inbox()["progress"]["0"]["cursor"] == "half"
    assert worker.world.inbox()["effects_holder"]["lease_until"] == 0
