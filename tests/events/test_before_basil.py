"""Every event whose shape changed with the API version Basil has a sample in the old shape with the same content."""

from tests.events.declared import Json
from tests.events.files import BEFORE_BASIL, EVENTS, of


def _twins(prefix: str) -> list[tuple[Json, Json]]:
    """Each event in the old shape beside the same in the new, and none in both."""
    return [
        (of(event), of(EVENTS[name]))
        for name, event in BEFORE_BASIL.items()
        if name.startswith(prefix) and not name.endswith(".both")
    ]


def test_every_event_whose_shape_basil_changed_is_there_in_the_old_shape_too() -> None:
    changed = {"charge.refunded", "payment_intent.succeeded", "payment_intent.payment_failed"}
    names = {n for n in EVENTS if n.startswith(("customer.subscription.", "invoice.")) or EVENTS[n]["type"] in changed}
    assert names == {name for name in BEFORE_BASIL if not name.endswith(".both")}


def test_before_basil_the_period_stands_on_the_subscription() -> None:
    for old, new in _twins("customer.subscription."):
        item = new["items"]["data"][0]
        for field in ("current_period_start", "current_period_end"):
            assert old[field] == item[field]
            assert field not in old["items"]["data"][0]
            assert field not in new


def test_before_basil_a_renewal_shows_as_a_moved_period() -> None:
    before = BEFORE_BASIL["customer.subscription.updated.renewal"]["data"]["previous_attributes"]
    assert before.keys() == {"current_period_start", "current_period_end", "latest_invoice"}


def test_before_basil_an_invoice_names_its_subscription_and_its_payment() -> None:
    for old, new in _twins("invoice."):
        parent = new["parent"]
        assert old["subscription"] == (parent and parent["subscription_details"]["subscription"])
        assert old["subscription_details"]["metadata"] == (parent and parent["subscription_details"]["metadata"])
        assert old["paid"] == (new["status"] == "paid")
        assert old.keys() >= {"payment_intent", "charge"}
        assert "parent" not in old
        assert not new.keys() & {"subscription", "subscription_details", "paid", "payment_intent", "charge"}


def test_before_basil_an_invoice_line_carries_its_price_and_whether_it_is_prorated() -> None:
    for old_invoice, new_invoice in _twins("invoice."):
        for old, new in zip(old_invoice["lines"]["data"], new_invoice["lines"]["data"], strict=True):
            assert old["price"]["id"] == new["pricing"]["price_details"]["price"]
            assert (old["plan"] is None) == (new["parent"]["type"] == "invoice_item_details")
            assert old["proration"] == new["parent"][new["parent"]["type"]]["proration"]
            assert not old.keys() & {"pricing", "parent"}
            assert not new.keys() & {"price", "plan", "proration"}


def test_before_basil_payments_name_their_invoice() -> None:
    for old, new in _twins("payment_intent.") + _twins("charge."):
        assert "invoice" in old
        assert "invoice" not in new
    assert of(BEFORE_BASIL["payment_intent.succeeded"])["invoice"] == of(EVENTS["invoice.paid"])["id"]
    assert of(BEFORE_BASIL["charge.refunded.subscription"])["invoice"] == of(EVENTS["invoice.paid"])["id"]


def test_an_endpoint_that_stayed_on_the_old_version_is_sent_both_shapes_at_once() -> None:
    invoice = of(BEFORE_BASIL["invoice.paid.both"])
    assert invoice["subscription"] == invoice["parent"]["subscription_details"]["subscription"]
    assert (
        invoice["lines"]["data"][0]["price"]["id"] == invoice["lines"]["data"][0]["pricing"]["price_details"]["price"]
    )
    subscription = of(BEFORE_BASIL["customer.subscription.updated.both"])
    assert subscription["current_period_end"] == subscription["items"]["data"][0]["current_period_end"]
