"""What Billhook reads of a customer's active entitlements; see objects.py."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator

from shared.stripe_objects.fields import Id, aliases
from shared.stripe_objects.snapshot import Snapshot


class Entitlements(Snapshot):
    """All active entitlements of a customer (https://docs.stripe.com/api/entitlements/active-entitlement)."""

    customer: Id
    features: tuple[str, ...] = Field(validation_alias=aliases("entitlements.data", "features"))
    """The lookup keys of the features, sorted."""
    has_more: bool = Field(default=False, validation_alias=aliases("entitlements.has_more", "has_more"))
    """Whether there are more features than in `features`."""

    @field_validator("features", mode="before")
    @classmethod
    def _keys(cls, listed: Any) -> Any:  # noqa: ANN401 - any JSON, which pydantic judges
        if not isinstance(listed, list | tuple):
            return listed
        return sorted(
            str(one["lookup_key"]) if isinstance(one, Mapping) and "lookup_key" in one else one for one in listed
        )
