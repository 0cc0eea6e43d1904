"""The webhook URL's answers, and the effects of accepted events."""

import json
from typing import Any

import pytest

from cli.local.stack import Stack
from cli.samples import samples
from shared.values import keys
from tests.cloud.conftest import SECRET

pytestmark = pytest.mark.cloud


def test_an_event_sent_twice_is_handled_once(stack: Stack, account: str) -> None:
    event = samples.fresh("invoice.payment_failed", stack.now(), account=account)
    before = len(stack.mails())

    assert stack.send(event).status == 200
    first = stack.settled(event["id"])
    stack.cloud.advance(301)  # past SQS's own deduplication, which would hide the repetition from us
    assert stack.send(event).status == 200
    after = samples.fresh("customer.subscription.updated", stack.now(), account=account)
    stack.send(after)
    stack.settled(after["id"])  # it stands behind the repetition in the same group

    assert len(stack.mails()) == before + 1
    assert stack.inbox(event["id"]) == first


def test_two_events_for_one_change_send_one_mail(stack: Stack, account: str) -> None:
    now, before = stack.now(), len(stack.mails())
    for _ in range(2):
        event = samples.fresh("invoice.payment_failed", now, account=account)
        stack.send(event)
        assert stack.settled(event["id"])["state"] == "done"

    assert len(stack.mails()) == before + 1


def test_a_failure_that_is_heard_of_after_the_payment_brings_a_receipt_alone(stack: Stack, account: str) -> None:
    now, before = stack.now(), len(stack.mails())
    failed = samples.fresh("invoice.payment_failed", now, account=account)
    paid = samples.fresh("invoice.paid.recovered", now + 60, account=account)
    assert paid["data"]["object"]["id"] == failed["data"]["object"]["id"]

    for event in (paid, failed):
        stack.send(event)
        assert stack.settled(event["id"])["state"] == "done"

    assert [mail.subject for mail in stack.mails()[before:]] == ["Receipt for your payment of 29.00 USD"]


def test_a_wrong_secret_is_refused_and_leaves_no_trace(stack: Stack, account: str) -> None:
    event = samples.fresh("invoice.paid", stack.now(), account=account)

    answer = stack.send(event, secret="whsec_of_somebody_else")

    assert (answer.status, answer.body["reason"]) == (400, "wrong_signature")
    assert stack.inbox(event["id"]) is None


def test_one_changed_byte_is_refused(stack: Stack, account: str) -> None:
    body = samples.encode(samples.fresh("invoice.paid", stack.now(), account=account))
    changed = body.replace(b"2900", b"2901", 1)

    answer = samples.deliver(stack.webhook_url, changed, lambda: samples.signature(body, SECRET, stack.now()))

    assert (answer.status, answer.body["reason"]) == (400, "wrong_signature")


def test_a_signature_of_six_minutes_ago_is_refused(stack: Stack, account: str) -> None:
    body = samples.encode(samples.fresh("invoice.paid", stack.now(), account=account))

    answer = samples.deliver(stack.webhook_url, body, lambda: samples.signature(body, SECRET, stack.now() - 360))

    assert (answer.status, answer.body["reason"]) == (400, "stale_signature")


def test_the_url_of_one_endpoint_takes_that_endpoints_secret_only(stack: Stack, account: str) -> None:
    event = samples.fresh("invoice.paid", stack.now(), account=account)

    assert stack.send(event, path="/direct").status == 200
    assert stack.settled(event["id"])["endpoint"] == "direct"
    assert stack.send(event, path="/nobody").status == 404


def test_a_secret_can_be_rolled_without_a_deploy_and_the_old_one_dies(stack: Stack, account: str) -> None:
    def send(secret: str) -> int:
        return stack.send(samples.fresh("invoice.paid", stack.now(), account=account), secret=secret).status

    try:
        stack.cloud.advance(11)  # ingest asks afresh at most every ten seconds
        stack.set_secrets({"direct": ["whsec_new", SECRET]})
        assert send("whsec_new") == 200
        assert send(SECRET) == 200
        stack.set_secrets({"direct": "whsec_new"})
        stack.cloud.advance(301)  # what ingest remembers is at most five minutes old
        assert send(SECRET) == 400
        assert send("whsec_new") == 200
    finally:
        stack.set_secrets({"direct": SECRET})
        stack.cloud.advance(301)


def test_without_any_secret_stripe_is_told_to_try_later(stack: Stack, account: str) -> None:
    try:
        stack.set_secrets({})
        stack.cloud.advance(301)
        answer = stack.post(samples.fresh("invoice.paid", stack.now(), account=account))
        assert (answer.status, answer.body["reason"]) == (503, "no_secret")
    finally:
        stack.set_secrets({"direct": SECRET})
        stack.cloud.advance(301)


def test_one_customer_id_in_two_accounts_is_two_customers(stack: Stack, account: str) -> None:
    mine = samples.fresh("customer.subscription.created", stack.now(), account=account)
    theirs = samples.fresh("customer.subscription.deleted", stack.now(), account=account + "2")
    for event in (mine, theirs):
        stack.send(event)
        stack.settled(event["id"])

    assert status_of(stack, mine) == "active"
    assert status_of(stack, theirs) == "canceled"


def status_of(stack: Stack, event: dict[str, Any]) -> str:
    """A subscription's status, from its organization, or from its own item once it has ended."""
    obj = event["data"]["object"]
    organization = stack.organization(obj["customer"], event["account"]) or {}
    facet = organization.get("subscriptions", {}).get(obj["id"])
    if facet is None:
        place = f"{event['account']}#{obj['customer']}", keys.subscription(obj["id"])
        (ended,) = (json.loads(item["record"]) for item in stack.books() if (item["pk"], item["sk"]) == place)
        facet = ended["facet"]
    return str(facet["candidates"][0]["value"]["status"])
