"""Two versions meet in one event: effects that either has begun are completed once, with either version next."""

import json
from typing import Any

import boto3
import pytest

from tests.prove.runner import Arrival, Runner
from tests.prove.scenarios import SAMPLES, SOON
from tests.prove.wire import Fault, Point
from tests.upgrade.corpus import came_of, corpus, deliver, in_short, inbox, put

WITHOUT_WORKER = [one for one in corpus("owed") if "progress" not in one.values[0]["inbox"]]
"""What code before the effects worker has committed."""
OWED = pytest.mark.parametrize("owed", WITHOUT_WORKER)
MIXED = [one for one in WITHOUT_WORKER if "publish" in str(one.id) and "email" in str(one.id)]
FAREWELL = [one for one in WITHOUT_WORKER if "export+email" in str(one.id)]
HOUR = 3600


def body_of(owed: dict[str, Any]) -> str:
    return json.dumps({"id": owed["inbox"]["id"]["S"], "type": owed["inbox"]["type"]["S"], "data": {"object": {}}})


def arrival_of(owed: dict[str, Any]) -> Arrival:
    return Arrival(owed["inbox"]["id"]["S"], owed["inbox"]["type"]["S"], body_of(owed), owed["at"])


def mails_of(owed: dict[str, Any]) -> int:
    return sum(entry["outcome"] == "sent" for entry in owed["done"])


@OWED
def test_what_an_older_version_gave_up_is_performed_when_its_message_is_redriven(
    runner: Runner, owed: dict[str, Any]
) -> None:
    failed = {
        "state": {"S": "failed"},
        "error": {"S": "ClientError x"},
        "failed_ms": {"N": "1"},
        "lease_until": {"N": "0"},
    }
    put(runner, "INBOX_TABLE", owed["inbox"] | failed)
    put(runner, "BOOKS_TABLE", *owed["books"])

    done = deliver(runner, body_of(owed), owed["at"])

    assert (done["state"], done.get("error")) == ("done", None)
    assert in_short(came_of(done)) == in_short(owed["done"])
    assert runner.moto_cloud.snapshot().mails.total() == mails_of(owed)


@pytest.mark.parametrize("owed", MIXED)
@pytest.mark.parametrize("kind", ["publish", "email"])
def test_what_an_older_version_has_performed_is_not_performed_again(
    runner: Runner, owed: dict[str, Any], kind: str
) -> None:
    put(runner, "INBOX_TABLE", owed["inbox"] | {"outbox": {"S": marked(owed, kind)}})
    put(runner, "BOOKS_TABLE", *owed["books"])

    done = deliver(runner, body_of(owed), owed["at"])

    snapshot = runner.moto_cloud.snapshot()
    assert done["state"] == "done"
    assert (snapshot.announcements.total() > 0, snapshot.mails.total()) == (kind != "publish", kind != "email")


def marked(owed: dict[str, Any], *kinds: str) -> str:
    """The outbox with what became of its entries of these kinds, as an older version marks it."""
    outbox = json.loads(owed["inbox"]["outbox"]["S"])
    for entry, done in zip(outbox, owed["done"], strict=True):
        if entry["kind"] in kinds:
            entry["outcome"] = done["outcome"]
    return json.dumps(outbox)


@pytest.mark.parametrize("owed", FAREWELL)
def test_a_farewell_of_an_older_version_waits_for_its_export(runner: Runner, owed: dict[str, Any]) -> None:
    put(runner, "INBOX_TABLE", owed["inbox"] | {"lease_until": {"N": "0"}})
    put(runner, "BOOKS_TABLE", *owed["books"])
    with runner.rolled_back():
        export = runner.run(arrival_of(owed)).index("s3.PutObject")

    calls = runner.run(arrival_of(owed), Point(export, Fault.STOPPED_BEFORE))

    assert calls.count("s3.PutObject") == 2  # the first one was not made
    assert calls.index("sesv2.SendEmail") > export + calls[export + 1 :].index("s3.PutObject")


@OWED
def test_an_older_consumer_may_finish_while_the_worker_waits_for_its_lease(
    runner: Runner, owed: dict[str, Any]
) -> None:
    put(runner, "INBOX_TABLE", owed["inbox"])
    put(runner, "BOOKS_TABLE", *owed["books"])
    runner.consume(arrival_of(owed))
    finished = {"state": {"S": "done"}, "outbox": {"S": json.dumps(owed["done"])}, "done_ms": {"N": "1"}}
    put(runner, "INBOX_TABLE", owed["inbox"] | finished)

    runner.work(owed["at"] + 1)

    assert inbox(runner, owed["inbox"]["id"]["S"])["state"] == "done"
    snapshot = runner.moto_cloud.snapshot()
    assert (snapshot.mails.total(), snapshot.announcements.total(), snapshot.schedules, snapshot.files) == (
        0,
        0,
        {},
        {},
    )


@pytest.fixture
def committed(runner: Runner) -> str:
    """An event that today's consumer has committed and handed over before it was rolled back; its id."""
    event = SAMPLES["invoice.payment_failed"]
    runner.consume(Arrival(event["id"], event["type"], json.dumps(event), event["created"] + SOON))
    return str(event["id"])


def test_effects_handed_over_before_a_rollback_are_performed_once_afterwards(runner: Runner, committed: str) -> None:
    assert runner.moto_cloud.snapshot().mails.total() == 0
    runner.work(runner.clock.now + HOUR)
    assert inbox(runner, committed)["state"] == "done"
    assert in_short(came_of(inbox(runner, committed))) == [
        ("remind", "set"),
        ("publish", "published"),
        ("email", "sent"),
    ]
    snapshot = runner.moto_cloud.snapshot()
    assert (snapshot.mails.total(), snapshot.announcements.total(), len(snapshot.schedules)) == (1, 1, 1)


def test_what_an_older_version_performed_meanwhile_is_not_performed_again(runner: Runner, committed: str) -> None:
    """Stripe sends the event again while the older version runs: that takes the item over, and marks its outbox."""
    outbox = json.loads(inbox(runner, committed)["outbox"])
    for entry, outcome in zip(outbox, ("set", "published", "sent"), strict=True):
        entry["outcome"] = outcome
    values = {":outbox": json.dumps(outbox), ":done": "done", ":theirs": "theirs"}
    boto3.client("dynamodb").update_item(
        TableName=runner.moto_cloud.environ["INBOX_TABLE"],
        Key={"id": {"S": committed}},
        UpdateExpression="SET outbox = :outbox, #state = :done, #token = :theirs",
        ExpressionAttributeNames={"#state": "state", "#token": "token"},
        ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
    )
    runner.work(runner.clock.now + HOUR)
    snapshot = runner.moto_cloud.snapshot()
    assert (snapshot.mails.total(), snapshot.announcements.total(), snapshot.schedules) == (0, 0, {})
    done = inbox(runner, committed)
    assert (done["state"], "effects_owed" in done, "mails_owed" in done) == ("done", False, False)


def test_what_an_older_version_has_claimed_is_done_and_stays_out_of_the_time_index(runner: Runner) -> None:
    event = SAMPLES["invoice.paid"]
    began = {"N": str((event["created"] + 1) * 1000)}
    older = {
        "id": {"S": event["id"]},
        "state": {"S": "claimed"},
        "message_id": {"S": "theirs"},
        "attempts": {"N": "1"},
        "token": {"S": "theirs"},
        "lease_until": {"N": "0"},
        "type": {"S": event["type"]},
        "account": {"S": "platform"},
        "received_ms": began,
        "started_ms": began,
        "expires_at": {"N": str(event["created"] + 90 * 24 * HOUR)},
    }
    put(runner, "INBOX_TABLE", older)

    done = deliver(runner, json.dumps(event), event["created"] + SOON)

    assert done["state"] == "done"
    assert not {"entered", "entered_ms"} & done.keys()
