"""How to read a Stripe object, and the parts that many objects share: an address and a reminder.

Each field lists its places: first in Stripe's API since 2025-03-31.basil, then before it. The last place is Billhook's
own stored form, so that one model reads both events and records. Amounts are integers in the currency's minor unit.
Times are epoch seconds, UTC.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, ValidationError

from shared.stripe_objects.event import not_as_documented
from shared.stripe_objects.fields import aliases
from shared.stripe_objects.snapshot import Snapshot
from shared.values.frozen import Frozen


class Contact(Snapshot):
    """An address and a name on any object: the customer's current ones, or those frozen on an invoice or session."""

    email: str | None = Field(
        default=None, validation_alias=aliases("customer_details.email", "customer_email", "email")
    )
    name: str | None = Field(default=None, validation_alias=aliases("customer_details.name", "customer_name", "name"))
    frozen_at: int | None = Field(
        default=None, validation_alias=aliases("status_transitions.finalized_at", "frozen_at")
    )

    @property
    def as_of(self) -> int | None:
        """When the address was true: an invoice keeps the address that it was finalized with."""
        return self.frozen_at

    @property
    def rank(self) -> int:
        """An address outranks none."""
        return 1 if self.email else 0


class Reminder(Frozen):
    """The content of a message that Billhook sends to itself: the id of its object, and the customer."""

    id: str
    customer: str


def read[Model: Frozen](model: type[Model], obj: Mapping[str, Any]) -> Model:
    """`obj` as a `model`.

    Raises:
        Permanent: a field is not as Stripe documents it; the error names the field, never its value.
    """
    try:
        return model.model_validate(obj)
    except ValidationError as error:
        raise not_as_documented(model.__name__.lower(), error) from None
