"""The sample events of one story agree with each other."""

from tests.events.files import EVENTS, of


def test_the_first_payment_is_one_story_within_one_second() -> None:
    created, paid, payment = (
        EVENTS["customer.subscription.created"],
        EVENTS["invoice.paid"],
        EVENTS["invoice_payment.paid"],
    )
    session = EVENTS["checkout.session.completed.subscription"]
    intent = EVENTS["payment_intent.succeeded"]
    assert len({event["created"] for event in (created, paid, payment, intent)}) == 1
    assert of(created)["latest_invoice"] == of(session)["invoice"] == of(paid)["id"] == of(payment)["invoice"]
    assert of(payment)["payment"]["payment_intent"] == of(intent)["id"]
    assert of(paid)["amount_paid"] == of(intent)["amount_received"] == of(session)["amount_total"]
    assert (
        of(paid)["parent"]["subscription_details"]["subscription"] == of(created)["id"] == of(session)["subscription"]
    )


def test_the_renewal_fails_and_the_subscription_ends_for_it() -> None:
    renewed, failed, past_due = (
        EVENTS[name]
        for name in ("customer.subscription.updated.renewal", "invoice.payment_failed", "customer.subscription.updated")
    )
    last, deleted = EVENTS["invoice.payment_failed.last"], EVENTS["customer.subscription.deleted"]
    story = (renewed, failed, past_due, last, deleted)
    assert [event["created"] for event in story] == sorted(event["created"] for event in story)
    assert {of(event).get("latest_invoice", of(event)["id"]) for event in story} == {of(failed)["id"]}
    assert of(failed)["next_payment_attempt"] > failed["created"]
    assert of(last)["next_payment_attempt"] is None
    assert of(deleted)["cancellation_details"]["reason"] == "payment_failed"
    assert of(deleted)["ended_at"] == deleted["created"]


def test_a_first_invoice_covers_no_time_and_an_automatic_one_has_no_due_date() -> None:
    first = of(EVENTS["invoice.paid"])
    assert first["period_start"] == first["period_end"] < first["lines"]["data"][0]["period"]["end"]
    for name, event in EVENTS.items():
        if name.startswith("invoice.") and of(event)["collection_method"] == "charge_automatically":
            assert of(event)["due_date"] is None


def test_an_order_leads_from_its_session_to_its_charge_refund_and_dispute() -> None:
    session = of(EVENTS["checkout.session.completed"])
    intent, charge = of(EVENTS["payment_intent.succeeded.order"]), of(EVENTS["charge.refunded"])
    assert session["payment_intent"] == intent["id"] == charge["payment_intent"]
    assert session["amount_total"] == intent["amount"] == charge["amount"] > charge["amount_refunded"]
    assert intent["latest_charge"] == charge["id"] == of(EVENTS["charge.refund.updated"])["charge"]
    dispute = of(EVENTS["charge.dispute.created"])
    assert (dispute["charge"], dispute["payment_intent"]) == (charge["id"], intent["id"])
    assert "customer" not in dispute
