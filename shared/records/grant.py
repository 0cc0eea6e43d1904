"""A grant: access to a plan that the business itself gives to a customer, beside a subscription or without one."""

from typing import Annotated, Literal

from pydantic import Field

from shared.stripe_objects.fields import Id, aliases
from shared.stripe_objects.snapshot import Snapshot

LONGEST_REASON = 200
"""The longest reason of a grant, in characters."""
LONGEST_NAME = 2048
"""The longest name of a person or plan, in characters; an ARN of AWS has no more."""

type Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class Grant(Snapshot):
    """The newest grant of a customer, or its revocation. A newer grant replaces an older one.

    Args:
        id: the id of the message that gave or revoked it.
        customer: the customer.
        plan: a plan of plans.toml; None in a revocation.
        until: when the grant ends, in epoch seconds; None in a revocation.
        by: the AWS identity of the person.
        why: the reason, in the words of that person.
        at: when it was given or revoked, in epoch seconds.
        state: what became of it.
    """

    id: Name
    customer: Id
    plan: Name | None = None
    until: int | None = None
    by: Name
    why: Annotated[str, Field(max_length=LONGEST_REASON)]
    at: int = Field(validation_alias=aliases("created", "at"))
    state: Literal["given", "ended", "revoked"] = "given"

    @property
    def as_of(self) -> int:
        """When it was given or revoked: the end of an old grant says nothing about a newer one."""
        return self.at

    @property
    def rank(self) -> int:
        """A grant that has ended comes after the same one that was given."""
        return ("given", "ended", "revoked").index(self.state)

    @property
    def offer(self) -> tuple[str | None, int | None]:
        """What the customer gets: the plan, and until when in epoch seconds."""
        return self.plan, self.until

    @property
    def over_at(self) -> int:
        """When it ends or has ended, in epoch seconds."""
        return self.at if self.state == "revoked" or self.until is None else self.until
