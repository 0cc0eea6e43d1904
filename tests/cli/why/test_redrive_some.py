"""A redrive of one cause moves its dead letters alone, says what it could not reach, and stops when they fail again."""

import re
import signal

import boto3
import pytest

from cli.operate.outlook import Outlook
from cli.see.story import Story
from cli.where import Where
from tests.cli.operator_at_work import Operator
from tests.cli.why.dead_line import BUG, SHAPE, DeadLine, dead_line
from tests.cli.why.queues import DLQ
from tests.cli.why.test_replay import answers
from tests.consumer.examples import MESSAGE_KEY


@pytest.fixture
def line(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> DeadLine:
    made = dead_line(at_work, monkeypatch)
    made.dies("evt_1")
    made.dies("evt_2", SHAPE)
    made.dies("evt_3", account="acct_1")
    made.dies("evt_4")
    return made


def test_one_cause_goes_back_and_the_other_stays(line: DeadLine) -> None:
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes")
    assert sorted(line.sent()) == ["evt_1", "evt_3", "evt_4"]
    assert line.sent().index("evt_1") < line.sent().index("evt_4")
    assert [one.body[:16] for one in line.queues.lying[DLQ]] == ['{"id": "evt_2", ']
    assert "3 x Permanent bug at somewhere" in said
    assert "invoice_int_parsing" not in said
    assert "3 messages moved to events.fifo" in said
    assert "4 messages (approximate)" in said


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (("account:acct_1",), ["evt_3"]),
        (("type:price.*",), []),
        (('error:"int_parsing"',), ["evt_2"]),
        (("--most", "2"), ["evt_1", "evt_2"]),
        (("--cause", "BUG", "account:platform", "--most", "1"), ["evt_1"]),
    ],
    ids=" ".join,
)
def test_the_filters_are_those_of_the_list_of_events(line: DeadLine, words: tuple[str, ...], sent: list[str]) -> None:
    said = line.types("redrive", "dlq.fifo", *words, "--yes", code=0 if sent else 1)
    assert sorted(line.sent()) == sent
    assert ("nothing to redrive: the causes are 3 x Permanent bug at somewhere; 1 x " in said) == (not sent)


def test_a_cap_of_nothing_is_a_wrong_command(line: DeadLine) -> None:
    assert "--most" in line.types("redrive", "dlq.fifo", "--most", "0", code=2)


def test_the_plan_says_what_to_whom_and_how_many_mails(line: DeadLine, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "no")
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", code=1)
    assert re.search(r"3 events would go back to events.fifo, of 2 customers: cus_\w+", said)
    assert "1 mail at most: 1 payment_failed" in said  # two events tell of one change, and accounts get no mail here
    assert line.sent() == []


def test_what_nobody_can_foretell_is_said(line: DeadLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.operate.redrive.story_of", lambda *_: Story({}, []))
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes")
    assert "3 of them cannot be foretold: no payload of it is archived" in said
    assert "no mails, not counting those" in said


def test_what_ten_others_hide_is_named_with_a_way_out(line: DeadLine) -> None:
    for number in range(10):
        line.dies(f"evt_head{number}", SHAPE, "acct_2")
    line.dies("evt_hidden", account="acct_2")
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes", code=1)
    assert "1 event could not be reached in dlq.fifo:\n  evt_hidden\n" in said
    assert "Or another redrive holds them, or has just moved them" in said
    assert "./billhook replay --cause 'bug'" in said
    assert line.audit()["outcome"] == {"moved": 3, "not reached": 1}
    assert len(line.queues.lying[DLQ]) == 12


def test_what_is_hidden_is_queued_from_the_archive_by_its_cause(
    line: DeadLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("secretsmanager").create_secret(Name="message-key", SecretString=MESSAGE_KEY)
    monkeypatch.setattr(Where, "described", lambda _where: ({"MessageKeyId": "message-key"}, {"GroupBy": "account"}))
    said = line.types("replay", "--cause", "bug", "--yes")
    assert sorted(line.sent()) == ["evt_1", "evt_3", "evt_4"]
    assert "3 events into the queue of billhook" in said
    assert len(line.queues.lying[DLQ]) == 4


def test_ctrl_c_stops_between_two_messages_and_puts_the_rest_back(line: DeadLine) -> None:
    before = signal.getsignal(signal.SIGINT)  # a shell's background process ignores it
    line.comes = lambda _event_id: signal.raise_signal(signal.SIGINT)
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes", code=130)
    assert "\n\n1 message moved to events.fifo\n" in said  # the terminal has written ^C without a newline
    assert "stopped by Ctrl-C; what was not moved is still there" in said
    assert len(line.queues.lying[DLQ]) == 3
    assert not [one for one in line.queues.lying[DLQ] if one.visible_at > line.queues.now]
    assert (line.audit()["state"], line.audit()["outcome"]) == ("stopped", {"moved": 1})
    assert "stopped by Ctrl-C after" in line.types("audit")
    assert signal.getsignal(signal.SIGINT) is before


def test_after_ctrl_c_the_counts_add_up(line: DeadLine) -> None:
    def comes(event_id: str) -> None:
        if len(line.sent()) == 1:
            line.mended(event_id, "acct_1" if event_id == "evt_3" else None)
        else:
            signal.raise_signal(signal.SIGINT)

    line.comes = comes
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes", "--watch", code=130)
    assert "2 messages moved" in said
    assert "1 settled, 0 failed again, 1 on their way" in said


def test_ctrl_c_once_all_are_moved_says_so(line: DeadLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.operate.redriving.SECONDS", 9)
    monkeypatch.setattr("cli.operate.again.time.sleep", lambda _seconds: signal.raise_signal(signal.SIGINT))
    said = line.types("redrive", "dlq.fifo", "--cause", "int_parsing", "--yes", "--watch", code=130)
    assert "1 message moved to events.fifo\n\n0 settled, 0 failed again, 1 on their way" in said
    assert "stopped by Ctrl-C; all messages are moved" in said


def test_what_somebody_else_moves_meanwhile_is_no_failure(line: DeadLine) -> None:
    def comes(event_id: str) -> None:
        if event_id == "evt_1":  # another redrive moves this one, and the consumer handles it
            line.mended("evt_3", "acct_1")
            line.queues.lying[DLQ] = [one for one in line.queues.lying[DLQ] if '"evt_3"' not in one.body]

    line.comes = comes
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes")
    assert "1 message moved by somebody else meanwhile" in said
    assert "could not be reached" not in said
    assert line.audit()["outcome"] == {"moved": 2, "moved by somebody else": 1}


def fails_again(line: DeadLine, *event_ids: str) -> None:
    """From now on these events fail again as soon as they come."""

    def comes(event_id: str) -> None:
        if event_id in event_ids:
            line.fails(event_id, BUG, f"{event_id} again", "acct_1" if event_id == "evt_3" else None)
        else:
            line.mended(event_id)

    line.comes = comes


def test_a_watched_redrive_ends_well_once_all_have_settled(line: DeadLine) -> None:
    fails_again(line)
    said = line.types("redrive", "dlq.fifo", "--cause", "int_parsing", "--yes", "--watch")
    assert "1 settled, 0 failed again, 0 on their way" in said
    assert line.audit()["outcome"] == {"moved": 1, "settled": 1, "failed again": 0}


def test_an_event_that_fails_again_makes_the_exit_code_1(line: DeadLine) -> None:
    fails_again(line, "evt_1")
    said = line.types("redrive", "dlq.fifo", "--most", "1", "--yes", "--watch", code=1)
    assert "0 settled, 1 failed again, 0 on their way\n  evt_1  Permanent bug at somewhere" in said
    assert "If you have mended the code, is it deployed? ./billhook deploy" in said
    assert "still there" not in said


def test_a_redrive_whose_events_fail_again_stops_itself(line: DeadLine) -> None:
    names = [f"evt_{number}" for number in range(10, 40)]
    for name in names:
        line.dies(name)
    fails_again(line, *names, "evt_1", "evt_3", "evt_4")
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes", "--watch", code=1)
    assert len(line.sent()) == 10
    assert "stopped, because 10 failed again with the same cause; what was not moved is still there" in said
    assert "If you have mended the code, is it deployed? ./billhook deploy" in said
    assert line.audit()["state"] == "stopped"
    assert line.audit()["outcome"] == {"moved": 10, "settled": 0, "failed again": 10}


def test_a_redrive_that_stops_after_its_last_message_leaves_nothing(line: DeadLine) -> None:
    for number in range(10, 17):
        line.dies(f"evt_{number}")
    fails_again(line, *(f"evt_{number}" for number in range(20)))
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes", "--watch", code=1)
    assert "stopped, because 10 failed again with the same cause; all messages are moved" in said


def test_a_plan_that_mends_nothing_warns_before_the_question(line: DeadLine, monkeypatch: pytest.MonkeyPatch) -> None:
    warning = "Warning: each event that the plan looked at would fail again. Mend the code first, and deploy it"
    answers(monkeypatch, "no")
    assert warning not in line.types("redrive", "dlq.fifo", code=1)
    monkeypatch.setattr("cli.operate.redrive.foreseen", lambda _t, _b, id_, _s: Outlook(id_, "this code fails on it"))
    assert f"{warning}\n" in line.types("redrive", "dlq.fifo", code=1)


def test_unwatched_it_moves_them_all(line: DeadLine) -> None:
    for number in range(10, 40):
        line.dies(f"evt_{number}")
    fails_again(line, *(f"evt_{number}" for number in range(10, 40)))
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes", "--no-watch")
    assert "deciding on 33 events without a commit" in said
    assert len(line.sent()) == 33


def test_without_an_entry_in_the_audit_log_nothing_moves(line: DeadLine, monkeypatch: pytest.MonkeyPatch) -> None:
    line.at_work.refuses(monkeypatch, "PutItem")
    assert "nothing was changed" in line.types("redrive", "dlq.fifo", "--cause", "bug", "--yes", code=1)
    assert line.sent() == []


def test_a_plan_fits_a_terminal_of_80_columns(line: DeadLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    answers(monkeypatch, "no")
    said = re.sub(r"\x1b\[[0-9;]*m", "", line.types("redrive", "dlq.fifo", "--cause", "bug", code=1))
    assert [text for text in said.splitlines() if len(text) > 80] == []
