"""An event as handlers see it: Stripe's snapshot event, or a message that Billhook sent to itself."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from shared.failures.errors import Permanent
from shared.stripe_objects.fingerprint import Digests, digests, undo
from shared.values.frozen import Frozen
from shared.values.platform import PLATFORM
from shared.values.times import DAY

RETRIED_FOR = 3 * DAY
"""How long Stripe repeats a webhook that was not answered, in seconds: https://docs.stripe.com/webhooks#retries."""


class EventData(Frozen):
    """The object at the time of the event, and the old values of the fields that an update changed."""

    object: Mapping[str, Any]
    previous_attributes: Mapping[str, Any] | None = None


class Event(Frozen):
    """A snapshot event (https://docs.stripe.com/api/events/object).

    `created` is in epoch seconds; `account` is `platform` where Stripe names none.
    """

    id: Annotated[str, Field(min_length=1)]
    type: Annotated[str, Field(min_length=1)]
    created: int
    account: Annotated[str, BeforeValidator(lambda account: account or PLATFORM)] = PLATFORM
    livemode: bool = True
    api_version: str | None = None
    data: EventData
    arrived: Annotated[int | None, BeforeValidator(lambda _: None)] = None
    """When the consumer began with it, in epoch seconds. Only the consumer sets it: a body that names it is ignored."""

    @property
    def heard_at(self) -> int:
        """The time to count from, in epoch seconds, where an old event would be trusted more than a new one.

        A forged event may name any second, so `created` counts only back to Stripe's earliest retry.
        """
        return self.created if self.arrived is None else max(self.created, self.arrived - RETRIED_FOR)

    @property
    def object(self) -> Mapping[str, Any]:
        """The Stripe object that the event is about."""
        return self.data.object

    @property
    def began_at(self) -> int:
        """When the object was created, in epoch seconds; 0 if unknown: an invoice preview has no id."""
        if self.type.endswith(".created"):
            return self.created
        created = self.object.get("created")
        return created if isinstance(created, int) and self.object.get("id") else 0

    @property
    def object_before(self) -> Mapping[str, Any] | None:
        """The object before the update; None if the event is not an update."""
        previous = self.data.previous_attributes
        return undo(self.data.object, previous) if previous else None

    @cached_property
    def digests(self) -> Digests:
        """The digests of the object; cached, because several records use them."""
        return digests(self.data.object, self.data.previous_attributes)

    @property
    def subject(self) -> str:
        """The subject of the event's partition: its customer, else its payment, else its object."""
        # These objects belong to the account itself.
        if self.object.get("object") in {"application", "payout", "capability"}:
            return self.account
        return subject_of(self.object) or self.id


def subject_of(obj: Mapping[str, Any]) -> str | None:
    """The id of the object's customer, else of its payment, else its own; None if it has none of them."""
    named = obj.get("customer") or payment_of(obj) or obj.get("id")
    if isinstance(named, Mapping):
        named = named.get("id")
    return named if isinstance(named, str) else None


def payment_of(obj: Mapping[str, Any]) -> object:
    """The payment of an object that belongs to one and names no customer; None for other objects."""
    match obj:
        case {"object": "dispute" | "refund" | "radar.early_fraud_warning", "payment_intent": payment} if payment:
            return payment
        case {"object": "charge", "payment_intent": payment} if payment:
            return payment
        case {"object": "dispute" | "refund" | "radar.early_fraud_warning", "charge": charge}:
            return charge
        case {"object": "invoice_payment", "payment": {"payment_intent": payment}}:
            return payment
    return None


def read_event(body: str) -> Event:
    """The event in a queue message.

    Raises:
        Permanent: the body is no event; the error names the wrong field, never its value.
    """
    try:
        return Event.model_validate_json(body)
    except ValidationError as error:
        refused = error
    try:  # again: pydantic refuses a lone surrogate, which may stand in a field that Billhook does not read
        return Event.model_validate(_readable(json.loads(body)))
    except (ValueError, RecursionError):
        raise not_as_documented("event", refused) from None


def _readable(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """`value` with U+FFFD for each lone surrogate; JSON can escape one, but UTF-8 text cannot hold it."""
    match value:
        case dict():
            return {_readable(name): _readable(inner) for name, inner in value.items()}
        case list():
            return [_readable(inner) for inner in value]
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def not_as_documented(what: str, error: ValidationError) -> Permanent:
    """A `Permanent` that names the first wrong field of `what`, without the value that pydantic quotes."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = [str(part) for part in first["loc"]]
    if "metadata" in where:  # the names in it are the business's own words
        del where[where.index("metadata") + 1 :]
    return Permanent(f"{what}_{first['type']}", ".".join(where))
