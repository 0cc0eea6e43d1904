"""A customer leaves with an export, and a month later no personal data is left."""

import json
import re
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from cli.local.stack import Stack, deployed
from cli.samples import samples
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

pytestmark = pytest.mark.cloud

DAY = 24 * 3600
PERSONAL = ("accounts@example.com", "studio@example.com", "Fernhill Studio", "Fernhill Studio", "Quarry Lane")
STORY = (
    "customer.created",
    "checkout.session.completed.subscription",
    "customer.subscription.created",
    "invoice.paid",
    "payment_intent.succeeded",
    "checkout.session.completed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
    "customer.subscription.deleted",
)


@pytest.fixture(scope="module")
def left() -> Any:  # noqa: ANN401 - a stack, for as long as the tests of this file last
    with deployed(BUILT, ARCHITECTURE, SECRET, OperatorAddress="ops@example.com") as stack:
        for name in STORY:
            event = samples.fresh(name, stack.now())
            stack.send(event)
            assert stack.settled(event["id"])["state"] == "done", name
        stack.cloud.advance(3660)
        farewell = due(stack, "farewell.due")
        assert farewell["state"] == "done", farewell
        yield stack


def due(stack: Stack, kind: str) -> dict[str, Any]:
    """The inbox item of the one message of our own of this kind, once it is done."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for item in stack.all_inbox():
            if item["type"] == kind:
                return stack.settled(item["id"])
        time.sleep(0.1)
    raise TimeoutError(f"no {kind} has come; waiting are {stack.reminders()}")


def download(stack: Stack) -> bytes:
    (mail,) = [mail for mail in stack.mails() if mail.subject == "Your subscription has ended"]
    (token,) = re.findall(r"/exports/(\S+)", mail.text)
    url = f"{stack.cloud.api_url(stack.outputs['ApiId'])}/exports/{token}"
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - loopback
        return bytes(answer.read())


def files(stack: Stack) -> int:
    s3: S3Client = stack.cloud.client("s3")
    return s3.list_objects_v2(Bucket=stack.outputs["ExportsBucketName"]).get("KeyCount", 0)


def test_the_farewell_links_to_everything_that_is_held(left: Stack) -> None:
    held = json.loads(download(left))

    assert {event["type"] for event in held["events"]} >= {"customer.created", "charge.dispute.created"}
    assert held["records"]["organization"]["profile"]["candidates"][0]["value"]["email"] == PERSONAL[0]
    assert [mail["template"] for mail in held["mails"]].count("farewell") == 1


def test_a_month_later_nothing_personal_is_left_and_the_link_is_dead(left: Stack) -> None:
    assert files(left) == 1
    left.cloud.advance(31 * DAY)
    assert due(left, "erasure.due")["state"] == "done"
    assert due(left, "observed.erasure")["state"] == "done"

    kept = json.dumps([left.books(), left.tombstones(), left.all_inbox()], default=str)
    assert [word for word in PERSONAL if word in kept] == []
    assert [item["sk"] for item in left.books()] == []
    assert {item["sk"] for item in left.tombstones()} == {"tombstone"}
    assert files(left) == 0
    left.cloud.advance(4 * DAY)
    assert due(left, "erasure.unconfirmed")["state"] == "done"
    assert left.reminders() == []
    with pytest.raises(urllib.error.HTTPError) as gone:
        download(left)
    gone.value.close()
    assert gone.value.code == 404


def test_a_late_event_does_not_bring_the_erased_customer_back(left: Stack) -> None:
    late = samples.fresh("invoice.paid", left.now() - 40 * DAY)
    left.send(late)
    assert left.settled(late["id"])["state"] == "done"
    assert left.books() == []

    back = samples.fresh("customer.subscription.created", left.now())
    left.send(back)
    assert left.settled(back["id"])["state"] == "done"
    assert left.organization(back["data"]["object"]["customer"]) is not None
