"""Dead letters are grouped by cause from the inbox, and a peek names those that the inbox cannot know."""

import json

from shared.failures.errors import Permanent
from tests.cli.operator_at_work import Operator
from tests.consumer.examples import tell_and_remind

OTHER = Permanent("no_handler", "price.created")


def give_up_the_mails(at_work: Operator) -> None:
    at_work.world.decide = tell_and_remind
    at_work.world.consume("m1", "evt_1")
    at_work.world.services.mail_errors = [KeyError("x")] * 8
    for _ in range(8):
        at_work.world.clock.now += 600
        at_work.world.work("mails")


def test_causes_are_told_with_counts_and_the_most_frequent_first(at_work: Operator) -> None:
    for number, account in enumerate(("acct_1", "acct_2", "acct_1")):
        at_work.fails_at(f"evt_{number}", account=account)
    at_work.fails_at("evt_9", OTHER, type="price.created")
    causes = at_work.reads("dead")["causes"]
    assert [(one["queue"], one["error"], len(one["events"]), one["accounts"]) for one in causes] == [
        ("dlq.fifo", "Permanent invoice_int_parsing at amount_remaining", 3, ["acct_1", "acct_2"]),
        ("dlq.fifo", "Permanent no_handler at price.created", 1, ["acct_1"]),
    ]
    said = at_work.types("dead")
    assert "3 x Permanent invoice_int_parsing at amount_remaining" in said
    assert "./billhook redrive dlq.fifo --cause 'Permanent invoice_int_parsing at amount_remaining'" in said
    assert "2 accounts: acct_1 (2), acct_2 (1)" in said
    assert "./billhook explain evt_0" in said
    assert "./billhook events state:failed 'error:Permanent invoice_int_parsing at amount_remaining'" in said
    assert "./billhook redrive dlq.fifo --cause 'Permanent invoice_int_parsing at amount_remaining'" in said


def test_each_cause_has_its_own_redrive(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    at_work.fails_at("evt_9", OTHER, type="price.created")
    said = at_work.types("dead")
    for cause in ("invoice_int_parsing at amount_remaining", "no_handler at price.created"):
        assert said.count(f"./billhook redrive dlq.fifo --cause 'Permanent {cause}'") == 1


def test_a_cause_is_told_in_six_lines_however_many_dead_letters_it_has(at_work: Operator) -> None:
    for number in range(12):
        at_work.fails_at(f"evt_{number}", account=f"acct_{number % 5}", type=f"invoice.{number % 4}")
        at_work.world.clock.now += 600
    lines = at_work.types("dead").split("dlq.fifo: ")[1].splitlines()[1:7]
    assert [line.strip() for line in lines] == [
        "12 x Permanent invoice_int_parsing at amount_remaining",
        "invoice.0 (3), invoice.1 (3), invoice.2 (3) and 1 more",
        "5 accounts: acct_0 (3), acct_1 (3), acct_2 (2) and 2 more",
        "first 18 Nov 2026 11:06:40 UTC, 2 h ago; last 10 min ago",
        "./billhook explain evt_11",
        "./billhook redrive dlq.fifo --cause 'Permanent invoice_int_parsing at amount_remaining'",
    ]


def test_a_lane_that_was_given_up_is_in_its_own_queue(at_work: Operator) -> None:
    give_up_the_mails(at_work)
    (cause,) = at_work.reads("dead")["causes"]
    assert (cause["queue"], list(cause["events"])) == ("mails-dlq", ["evt_1"])
    assert cause["error"].startswith("KeyError unexpected at functions.")


def test_a_retried_event_is_no_dead_letter(at_work: Operator) -> None:
    at_work.fails_at("evt_1", KeyError("x"))
    assert at_work.reads("dead")["causes"] == []


def test_a_peek_names_what_no_consumer_claimed_and_puts_all_back(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    for body in ('{"event": "evt_5"}', "no JSON"):
        at_work.lies_in("mails-dlq", body)
    assert "2 that the inbox cannot explain" in at_work.types("dead")
    said = at_work.types("dead", "--peek", "10")
    assert "1 x never claimed, a hand-over: evt_5" in said
    assert "1 x unreadable" in said
    assert "looked at 2 messages, and put them back" in said
    url = at_work.sqs.get_queue_url(QueueName="billhook-mails-dlq")["QueueUrl"]
    assert len(at_work.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]) == 2


def test_what_was_replayed_meanwhile_is_said_to_do_no_harm(at_work: Operator) -> None:
    state = at_work.handles("invoice.paid", "evt_1")
    at_work.lies_in("effects-dlq", '{"event": "evt_1"}')
    said = at_work.types("dead", "--peek", "10")
    assert "1 that the inbox cannot explain: events that were replayed or redriven meanwhile,\n" in said
    assert "A redrive of the whole queue does no harm: each event is handled once" in said
    assert f"1 x {state}: replayed or redriven meanwhile: evt_1" in said


def test_nothing_is_received_without_a_peek(at_work: Operator) -> None:
    at_work.lies_in("effects-dlq", json.dumps({"event": "evt_5"}))
    at_work.types("dead")
    assert "ReceiveMessage" not in at_work.calls


def test_messages_of_scheduler_are_counted_with_the_command_that_looks(at_work: Operator) -> None:
    at_work.lies_in("scheduler-dlq", "{}")
    assert "./billhook resend --dry-run" in at_work.types("dead")
