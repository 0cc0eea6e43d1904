"""Where two versions meet in one event: what either has begun is completed once, whichever code comes next."""

import json
from typing import Any

import boto3
import pytest

from tests.prove.plays import SAMPLES, SOON
from tests.prove.theatre import Act, Theatre
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


def act_of(owed: dict[str, Any]) -> Act:
    return Act(owed["inbox"]["id"]["S"], owed["inbox"]["type"]["S"], body_of(owed), owed["at"])


def mails_of(owed: dict[str, Any]) -> int:
    return sum(entry["outcome"] == "sent" for entry in owed["done"])


@OWED
def test_what_an_older_version_gave_up_is_performed_when_its_message_is_redriven(
    theatre: Theatre, owed: dict[str, Any]
) -> None:
    failed = {
        "state": {"S": "failed"},
        "error": {"S": "ClientError x"},
        "failed_ms": {"N": "1"},
        "lease_until": {"N": "0"},
    }
    put(theatre, "INBOX_TABLE", owed["inbox"] | failed)
    put(theatre, "BOOKS_TABLE", *owed["books"])

    done = deliver(theatre, body_of(owed), owed["at"])

    assert (done["state"], done.get("error")) == ("done", None)
    assert in_short(came_of(done)) == in_short(owed["done"])
    assert theatre.stage.look().mails.total() == mails_of(owed)


@pytest.mark.parametrize("owed", MIXED)
@pytest.mark.parametrize("kind", ["publish", "email"])
def test_what_an_older_version_has_performed_is_not_performed_again(
    theatre: Theatre, owed: dict[str, Any], kind: str
) -> None:
    put(theatre, "INBOX_TABLE", owed["inbox"] | {"outbox": {"S": marked(owed, kind)}})
    put(theatre, "BOOKS_TABLE", *owed["books"])

    done = deliver(theatre, body_of(owed), owed["at"])

    scene = theatre.stage.look()
    assert done["state"] == "done"
    assert (scene.announcements.total() > 0, scene.mails.total()) == (kind != "publish", kind != "email")


def marked(owed: dict[str, Any], *kinds: str) -> str:
    """The outbox with what became of its entries of these kinds, as an older version marks it."""
    outbox = json.loads(owed["inbox"]["outbox"]["S"])
    for entry, done in zip(outbox, owed["done"], strict=True):
        if entry["kind"] in kinds:
            entry["outcome"] = done["outcome"]
    return json.dumps(outbox)


@pytest.mark.parametrize("owed", FAREWELL)
def test_a_farewell_of_an_older_version_waits_for_its_export(theatre: Theatre, owed: dict[str, Any]) -> None:
    put(theatre, "INBOX_TABLE", owed["inbox"] | {"lease_until": {"N": "0"}})
    put(theatre, "BOOKS_TABLE", *owed["books"])
    with theatre.aside():
        export = theatre.play(act_of(owed)).index("s3.PutObject")

    calls = theatre.play(act_of(owed), Point(export, Fault.STOPPED_BEFORE))

    assert calls.count("s3.PutObject") == 2  # the first one was not made
    assert calls.index("sesv2.SendEmail") > export + calls[export + 1 :].index("s3.PutObject")


@OWED
def test_a_consumer_of_an_older_version_may_finish_while_the_worker_waits_for_its_lease(
    theatre: Theatre, owed: dict[str, Any]
) -> None:
    put(theatre, "INBOX_TABLE", owed["inbox"])
    put(theatre, "BOOKS_TABLE", *owed["books"])
    theatre.consume(act_of(owed))
    finished = {"state": {"S": "done"}, "outbox": {"S": json.dumps(owed["done"])}, "done_ms": {"N": "1"}}
    put(theatre, "INBOX_TABLE", owed["inbox"] | finished)

    theatre.work(owed["at"] + 1)

    assert inbox(theatre, owed["inbox"]["id"]["S"])["state"] == "done"
    scene = theatre.stage.look()
    assert (scene.mails.total(), scene.announcements.total(), scene.schedules, scene.files) == (0, 0, {}, {})


@pytest.fixture
def committed(theatre: Theatre) -> str:
    """An event that today's consumer has committed and handed over before it was rolled back; its id."""
    event = SAMPLES["invoice.payment_failed"]
    theatre.consume(Act(event["id"], event["type"], json.dumps(event), event["created"] + SOON))
    return str(event["id"])


def test_what_was_handed_over_before_a_rollback_is_performed_once_when_the_worker_is_back(
    theatre: Theatre, committed: str
) -> None:
    assert theatre.stage.look().mails.total() == 0
    theatre.work(theatre.clock.now + HOUR)
    assert inbox(theatre, committed)["state"] == "done"
    assert in_short(came_of(inbox(theatre, committed))) == [
        ("remind", "set"),
        ("publish", "published"),
        ("email", "sent"),
    ]
    scene = theatre.stage.look()
    assert (scene.mails.total(), scene.announcements.total(), len(scene.schedules)) == (1, 1, 1)


def test_what_an_older_version_performed_meanwhile_is_not_performed_again(theatre: Theatre, committed: str) -> None:
    """Stripe sends the event again while the older version runs: that takes the item over, and marks its outbox."""
    outbox = json.loads(inbox(theatre, committed)["outbox"])
    for entry, outcome in zip(outbox, ("set", "published", "sent"), strict=True):
        entry["outcome"] = outcome
    values = {":outbox": json.dumps(outbox), ":done": "done", ":theirs": "theirs"}
    boto3.client("dynamodb").update_item(
        TableName=theatre.stage.environ["INBOX_TABLE"],
        Key={"id": {"S": committed}},
        UpdateExpression="SET outbox = :outbox, #state = :done, #token = :theirs",
        ExpressionAttributeNames={"#state": "state", "#token": "token"},
        ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
    )
    theatre.work(theatre.clock.now + HOUR)
    scene = theatre.stage.look()
    assert (scene.mails.total(), scene.announcements.total(), scene.schedules) == (0, 0, {})
    done = inbox(theatre, committed)
    assert (done["state"], "effects_owed" in done, "mails_owed" in done) == ("done", False, False)
