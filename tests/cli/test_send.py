"""`billhook send` says why a sample was not sent, and why an event is not finished."""

import pytest

from cli.command import main
from cli.samples import send
from shared.inbox.outbox import dump, owed_for
from shared.tables.attributes import to_item
from tests.consumer.examples import reminder

NOW = 1_795_000_000


class Inbox:
    """A DynamoDB client that always finds the same item."""

    def __init__(self, item: dict[str, object]) -> None:
        self.item = item

    def get_item(self, **_: object) -> dict[str, object]:
        return {"Item": to_item(self.item)} if self.item else {}


@pytest.mark.parametrize("url", ["example.com", "ftp:/x", "http://", "https://user name/"])
def test_a_url_that_is_none_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    monkeypatch.setenv("SIGNING_SECRET", "whsec_1")
    assert main(["send", "invoice.paid", "--url", url]) == 1
    assert "not sent: " in capsys.readouterr().err


def test_a_url_that_nobody_answers_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGNING_SECRET", "whsec_1")
    assert main(["send", "invoice.paid", "--url", "http://127.0.0.1:1/webhooks"]) == 1
    assert "not sent: http://127.0.0.1:1/webhooks does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({}, "it is still in the queue, behind earlier events of its account"),
        ({"id": "evt_1", "state": "claimed", "attempts": 1}, "the consumer tries it now"),
        (
            {"id": "evt_1", "state": "claimed", "attempts": 2, "error": "TypeError at x:1", "next_at": NOW + 40},
            "attempt 2 failed with TypeError at x:1, and the next is in 40 s",
        ),
        ({"id": "evt_1", "state": "committed", "mails_owed": True}, "it is decided, and its mails are still owed"),
    ],
)
def test_an_event_that_is_not_finished_is_told_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, item: dict[str, object], why: str
) -> None:
    monkeypatch.setattr(send, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr(send, "client", lambda _service: Inbox(item))
    monkeypatch.setattr(send, "running", lambda: {"inbox_table": "billhook-inbox"})
    monkeypatch.setattr("time.time", lambda: NOW)
    said = send._what_came_of_it("evt_1")  # noqa: SLF001 - the rest of the command needs a cloud
    assert said.startswith("not finished after 0.1 s: ")
    assert why in said


def test_a_finished_event_is_told_with_its_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    item: dict[str, object] = {
        "id": "evt_1",
        "state": "done",
        "outbox": dump(owed_for([reminder()])),
        "progress": {"0": {"outcome": "set"}},
    }
    monkeypatch.setattr(send, "client", lambda _service: Inbox(item))
    monkeypatch.setattr(send, "running", lambda: {"inbox_table": "billhook-inbox"})
    assert send._what_came_of_it("evt_1") == "done: remind set"  # noqa: SLF001 - as above
