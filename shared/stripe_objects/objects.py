"""What we read of any of Stripe's objects: an address, a message of our own; and how an object is read.

Each field lists where it may stand, the newest place first: before 2025-03-31.basil and since. The last place is our
own stored form, so that one model reads an event and a record alike. Amounts are integers in the currency's minor
unit; times are epoch seconds, UTC.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, ValidationError

from shared.stripe_objects.event import not_as_documented
from shared.stripe_objects.fields import aliases
from shared.stripe_objects.snapshot import Snapshot
from shared.values.frozen import Frozen


class Contact(Snapshot):
    """An address and a name as some object carries them; the customer's own, or frozen on an invoice or a session."""

    email: str | None = Field(
        default=None, validation_alias=aliases("customer_details.email", "customer_email", "email")
    )
    name: str | None = Field(default=None, validation_alias=aliases("customer_details.name", "customer_name", "name"))
    frozen_at: int | None = Field(
        default=None, validation_alias=aliases("status_transitions.finalized_at", "frozen_at")
    )

    @property
    def as_of(self) -> int | None:
        """An invoice carries the address of the moment it was finalized, however much later an event shows it."""
        return self.frozen_at

    @property
    def rank(self) -> int:
        """An address outranks none."""
        return 1 if self.email else 0


class Reminder(Frozen):
    """What a message of our own carries: the id of what it is about, and whose books to ask."""

    id: str
    customer: str


def read[Model: Frozen](model: type[Model], obj: Mapping[str, Any]) -> Model:
    """`obj` as a `model`.

    Raises:
        Permanent: a field is not as Stripe documents it; names the field, never its value.
    """
    try:
        return model.model_validate(obj)
    except ValidationError as error:
        raise not_as_documented(model.__name__.lower(), error) from None
