"""One event as handlers see it: Stripe's snapshot event, or a message of our own that a schedule sent."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from shared.failures.errors import Permanent
from shared.stripe_objects.fingerprint import Digests, digests, undo
from shared.values.frozen import Frozen

PLATFORM = "platform"
"""The account of events that name none: the platform's own."""


class EventData(Frozen):
    """The object as it was when the event was made, and what an update changed on it."""

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

    @property
    def object(self) -> Mapping[str, Any]:
        """The Stripe object that the event is about."""
        return self.data.object

    @property
    def began_at(self) -> int:
        """When its object came to be, in epoch seconds; 0 if nothing tells, as of a preview, which has no id."""
        if self.type.endswith(".created"):
            return self.created
        created = self.object.get("created")
        return created if isinstance(created, int) and self.object.get("id") else 0

    @property
    def object_before(self) -> Mapping[str, Any] | None:
        """The object before the update that the event tells of; None if it tells of none."""
        previous = self.data.previous_attributes
        return undo(self.data.object, previous) if previous else None

    @cached_property
    def digests(self) -> Digests:
        """What tells its object from others; several records may hear of it."""
        return digests(self.data.object, self.data.previous_attributes)

    @property
    def subject(self) -> str:
        """Whose partition of the books it belongs to: its customer's, else its payment's, else its object's own."""
        # Our own application, money to the account, and what it may do.
        if self.object.get("object") in {"application", "payout", "capability"}:
            return self.account
        return subject_of(self.object) or self.id


def subject_of(obj: Mapping[str, Any]) -> str | None:
    """The id of the customer that a Stripe object belongs to, else of its payment, else its own, else None."""
    named = obj.get("customer") or payment_of(obj) or obj.get("id")
    if isinstance(named, Mapping):
        named = named.get("id")
    return named if isinstance(named, str) else None


def payment_of(obj: Mapping[str, Any]) -> object:
    """The payment of what belongs to a payment and names no customer."""
    match obj:
        case {"object": "dispute" | "refund" | "radar.early_fraud_warning", "payment_intent": payment} if payment:
            return payment
        case {"object": "dispute" | "refund" | "radar.early_fraud_warning", "charge": charge}:
            return charge
        case {"object": "invoice_payment", "payment": {"payment_intent": payment}}:
            return payment
    return None


def read_event(body: str) -> Event:
    """The event in a queue message.

    Raises:
        Permanent: the body is no event; names the field that is wrong, never its value.
    """
    try:
        return Event.model_validate_json(body)
    except ValidationError as error:
        refused = error
    try:  # once more: pydantic refuses a lone surrogate, though it may stand in a field that nobody reads
        return Event.model_validate(_readable(json.loads(body)))
    except (ValueError, RecursionError):
        raise not_as_documented("event", refused) from None


def _readable(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """`value` with U+FFFD for each lone surrogate, which JSON can escape and no text can hold."""
    match value:
        case dict():
            return {_readable(name): _readable(inner) for name, inner in value.items()}
        case list():
            return [_readable(inner) for inner in value]
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def not_as_documented(what: str, error: ValidationError) -> Permanent:
    """A `Permanent` that names the first wrong field of `what`, without pydantic's echo of its value."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = [str(part) for part in first["loc"]]
    if "metadata" in where:  # the names in it are the business's own words
        del where[where.index("metadata") + 1 :]
    return Permanent(f"{what}_{first['type']}", ".".join(where))
