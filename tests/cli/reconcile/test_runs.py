"""The events missing in a range are counted, and queued unless it is a dry run."""

import pytest

from functions.reconcile.stripe_api import PAUSE
from tests.cli.reconcile.reconcile_command import DAY, HOUR, ReconcileCommand

ACCOUNT = "acct_1Fernhill"


def test_what_is_missing_in_the_range_is_queued_and_counted_by_type(
    command: ReconcileCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.happens(5 * DAY, accepted=True)
    command.happens(4 * DAY)
    lost = command.happens(2 * DAY)

    assert command.run("--since", "3d") == 0

    assert command.queued() == [lost]
    assert capsys.readouterr().out.splitlines() == [
        f"  {lost}  invoice.paid",
        "platform: 1 checked, 1 missing, 1 put into the queue",
        "       1  invoice.paid",
    ]


def test_a_dry_run_says_what_is_missing_and_queues_nothing(
    command: ReconcileCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.happens(5 * DAY, accepted=True)
    command.happens(2 * DAY)

    assert command.run("--since", "3d", "--dry-run") == 0

    assert command.queued() == []
    assert "platform: 1 checked, 1 missing, nothing was changed" in capsys.readouterr().out


def test_events_before_the_first_accepted_one_are_left_out_unless_asked_for(
    command: ReconcileCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    early = command.happens(3 * DAY)
    command.happens(2 * DAY, accepted=True)
    lost = command.happens(1 * DAY)

    assert command.run("--since", "4d") == 0
    assert command.queued() == [lost]
    assert "on, when its first event was accepted" in capsys.readouterr().out

    assert command.run("--since", "4d", "--from-the-beginning") == 0
    assert set(command.queued()) <= {early, lost}
    assert early in capsys.readouterr().out


def test_an_account_that_never_sent_anything_is_named_and_left_alone(
    command: ReconcileCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.happens(2 * DAY, accepted=True)
    command.happens(1 * DAY, ACCOUNT)

    assert command.run("--since", "3d") == 0

    assert command.queued() == []
    assert f"{ACCOUNT}: none of its events was accepted" in capsys.readouterr().out


def test_one_account_can_be_asked_for(command: ReconcileCommand) -> None:
    command.happens(2 * DAY, accepted=True)
    command.happens(1 * DAY)
    command.happens(2 * DAY, ACCOUNT, accepted=True)
    lost = command.happens(1 * DAY, ACCOUNT)

    assert command.run("--since", "3d", "--account", ACCOUNT) == 0

    assert command.queued() == [lost]


def test_the_last_hour_needs_to_be_asked_for(command: ReconcileCommand) -> None:
    command.happens(2 * DAY, accepted=True)
    recent = command.happens(HOUR / 2)

    assert command.run("--since", "3h") == 0
    assert command.queued() == []
    assert command.run("--since", "3h", "--until", "now") == 0
    assert command.queued() == [recent]


def test_a_key_that_may_not_list_accounts_says_so(
    command: ReconcileCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.stripe.may_list_accounts = False

    assert command.run("--since", "3d") == 0

    assert "connected accounts are left out: the key may not list them" in capsys.readouterr().out


def test_it_stays_under_what_stripe_allows_in_test_mode() -> None:
    assert 1 / PAUSE < 25


def test_what_may_be_in_the_queue_is_left_there_unless_it_is_asked_for(
    command: ReconcileCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.happens(3 * HOUR, accepted=True)
    missing = command.happens(2 * HOUR)
    queue = command.sqs.get_queue_url(QueueName="events.fifo")["QueueUrl"]
    command.sqs.send_message(
        QueueUrl=queue, MessageBody='{"id": "evt_head"}', MessageGroupId="any", MessageDeduplicationId="head"
    )

    assert command.run("--since", "4h", "--account", "platform") == 0
    assert "1  newer ones are maybe in the queue" in capsys.readouterr().out

    assert command.run("--since", "4h", "--account", "platform", "--queued") == 0
    assert command.queued() == ["evt_head", missing]
