"""Stripe is asked whether an erasure is true, and a key that does not fit confirms none."""

from typing import Any

import pytest

from shared.stripe_objects.event import read_event
from tests.effects.at_stripe import ANN, Around, Stripe, asking

ACTIVE, OVER = {"data": [{"status": "active"}]}, {"data": [{"status": "canceled"}]}


def answer_to(around: Around, *, livemode: bool | None = None) -> str:
    """The answer in the message that asks whether a customer is to be erased."""
    asked = asking().model_copy(update={"object": "erasure"})
    assert around.observer(livemode=livemode).observe(asked) == "observed"
    (sent,) = around.sent
    event = read_event(sent["MessageBody"])
    assert (event.type, list(event.object)) == ("observed.erasure", ["object", "id", "customer", "answer"])
    return str(event.object["answer"])


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, {"id": "cus_1", "object": "customer", "deleted": True}, "gone"),
        (404, {"error": {"message": "No such customer"}}, "misfit"),
        (200, ANN | {"subscriptions": ACTIVE}, "subscribed"),
        (200, ANN | {"subscriptions": OVER}, "unsubscribed"),
        (200, ANN, "unanswered"),
        (403, {"error": {"message": "The key has no access to the account"}}, "misfit"),
        (400, {"error": {"message": "Invalid request"}}, "unanswered"),
    ],
)
def test_stripe_is_asked_about_an_erasure_and_its_answer_holds_nothing_personal(
    api: Stripe, around: Around, status: int, body: dict[str, Any], answer: str
) -> None:
    api.status, api.body = status, body
    assert answer_to(around) == answer
    assert api.asked[0][0].startswith("/v1/customers/cus_1?expand")


def test_without_a_key_a_question_about_an_erasure_comes_back_unanswered(api: Stripe, around: Around) -> None:
    around.key = "none"
    assert answer_to(around) == "unanswered"
    assert api.asked == []


@pytest.mark.parametrize(
    ("key", "livemode", "answer"),
    [
        ("sk_test_1", True, "misfit"),
        ("rk_live_1", False, "misfit"),
        ("sk_live_1", True, "gone"),
        ("rk_live_1", None, "gone"),
    ],
)
def test_a_key_of_another_mode_is_never_used(
    api: Stripe, around: Around, key: str, answer: str, *, livemode: bool | None
) -> None:
    around.key, api.body = key, {"id": "cus_1", "object": "customer", "deleted": True}
    assert answer_to(around, livemode=livemode) == answer
    used = around.observer(livemode=livemode).observe(asking()) != "key of another mode"
    assert used == bool(api.asked) == (answer == "gone")


def test_a_key_that_does_not_fit_is_fetched_again_for_the_next_question(api: Stripe, around: Around) -> None:
    observer, asked = around.observer(), asking().model_copy(update={"object": "erasure"})
    api.status, answer, api.body = 404, api.body, {"error": {"message": "No such customer"}}
    observer.observe(asked)
    around.key, api.status, api.body = "rk_test_2", 200, answer
    observer.observe(asked)
    assert [key for _, _, key in api.asked] == ["Bearer rk_test_1", "Bearer rk_test_2"]
