"""The part of the OpenAPI document about Checkout sessions."""

from typing import Any, get_args

from shared.decisions.session_item import Outcome, Why

type Json = dict[str, Any]

TEXT: Json = {"anyOf": [{"type": "string"}, {"type": "null"}]}
OUTCOMES = ["pending", "access_given", *get_args(Outcome.__value__)]
WHY = ["not_heard", "subscription_not_heard", "incomplete", "no_access", "ended", *get_args(Why.__value__)]
WHY_SAYS = (
    "Why it is so. not_heard: no event has told of the session. subscription_not_heard: none has told of its "
    "subscription. incomplete: the subscription's first payment has not come. no_access: the subscription gives no "
    "access now. ended: the subscription has ended"
)
CHECKOUT: Json = {
    "type": "object",
    "required": ["account", "session", "mode", "outcome", "why", "customer", "reference", "subscription"],
    "properties": {
        "account": {"type": "string", "description": "The connected account, acct_…, or `platform`"},
        "session": {"type": "string", "description": "Stripe's id of the Checkout session, cs_…"},
        "mode": TEXT | {"description": "payment, subscription or setup"},
        "outcome": {
            "type": "string",
            "enum": OUTCOMES,
            "description": "pending: no event has told yet; ask again. access_given: the subscription gives access. "
            "fulfilled: the order is paid. completed: the session is complete and gives no access, such as one that "
            "saves a card. payment_pending: a delayed payment method has not paid yet. failed: the payment failed. "
            "expired: the customer did not finish in time",
        },
        "why": {"anyOf": [{"type": "string", "enum": WHY}, {"type": "null"}], "description": WHY_SAYS},
        "customer": TEXT | {"description": "Stripe's id of the customer; null for a guest"},
        "reference": TEXT | {"description": "The `client_reference_id` of the session"},
        "subscription": TEXT | {"description": "Stripe's id of the subscription that was bought"},
    },
    "additionalProperties": False,
}
REFRESH: Json = {
    "type": "object",
    "required": ["account", "session", "refresh"],
    "properties": {
        "account": {"type": "string"},
        "session": {"type": "string"},
        "refresh": {
            "type": "string",
            "enum": ["asked", "observed"],
            "description": "asked: the refresh is under way. observed: Stripe has shown it; the outcome follows",
        },
    },
    "additionalProperties": False,
}
WAIT: Json = {
    "name": "wait",
    "in": "query",
    "description": "Seconds to wait at most while the outcome is pending; none if it is left out. The function cuts a "
    "longer wait to its parameter CheckoutWaitSeconds",
    "schema": {"type": "integer", "minimum": 0, "maximum": 9999},
}
ACCOUNT: Json = {
    "name": "account",
    "in": "query",
    "description": "The connected account, acct_…, whose session it is",
    "schema": {"type": "string"},
}
SESSION: Json = {
    "name": "session_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^cs_[A-Za-z0-9_]{1,252}$"},
}


def checkout_paths(problems: Json) -> Json:
    """The paths; `problems` are the responses that no question is spared."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Checkout"}}}
    pending = {
        "description": "The outcome is still pending: ask again after Retry-After",
        "headers": {"Retry-After": {"schema": {"type": "integer"}}},
        "content": content,
    }
    responses = {"200": {"description": "What came of the session", "content": content}, "202": pending, **problems}
    asked: Json = {
        "operationId": "outcomeOfCheckout",
        "summary": "As soon as an event has told, or when the wait is over",
        "parameters": [SESSION, ACCOUNT, WAIT],
        "responses": responses,
    }
    refresh: Json = {
        "operationId": "refreshCheckout",
        "summary": "Look at Stripe because the webhook is late, at most once a minute a session",
        "parameters": [SESSION, ACCOUNT],
        "responses": {"202": _refreshing(), **problems, **_of_a_refresh(problems["400"]["content"])},
    }
    return {"/checkout/{session_id}": {"get": asked}, "/checkout/{session_id}/refresh": {"post": refresh}}


def _refreshing() -> Json:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refresh"}}}
    retry = {"Retry-After": {"schema": {"type": "integer"}}}
    return {"description": "Under way: ask for the outcome again", "headers": retry, "content": content}


def _of_a_refresh(content: Json) -> Json:
    return {
        "404": {"description": "Stripe does not show the session", "content": content},
        "409": {"description": "No API key of Stripe is stored that may read the session", "content": content},
    }
