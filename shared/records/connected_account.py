"""The records of Stripe Connect: a connected account, and each payout to it."""

from collections.abc import Mapping
from typing import ClassVar, Self

from shared.records.facets import Facet, merge
from shared.records.stored_record import MailRecipient, Record
from shared.stripe_objects.accounts import Account, Capability, Payout
from shared.stripe_objects.event import Event
from shared.values import keys
from shared.values.times import DAY


class ConnectedAccount(MailRecipient):
    """A connected account; `subject` and `account` are both its id."""

    state: Facet[Account] | None = None
    capabilities: Mapping[str, Facet[Capability]] = {}
    deauthorized_at: int | None = None
    authorized_at: int | None = None
    active_on: int | None = None
    """The start of the newest UTC day with an event from the account, in epoch seconds; saved once a day at most."""

    named_by: ClassVar[tuple[str, ...]] = ("account",)

    @classmethod
    def empty(cls, *names: str) -> Self:
        """The account at version 0; raises ValueError unless its id is the one name."""
        (account,) = names
        return cls(account=account, subject=account)

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.ACCOUNT

    @property
    def address(self) -> str | None:
        """The holder's address; None if Stripe did not tell it, as for every standard account."""
        return self.state.value.email if self.state else None

    @property
    def name(self) -> str | None:
        """The name to greet the holder by; None if unknown."""
        return self.state.value.name if self.state else None

    @property
    def is_authorized(self) -> bool:
        """Whether Billhook may act for the account: it never left, or something newer has come from it since."""
        if self.deauthorized_at is None:
            return True
        heard = (self.authorized_at, self.active_on, self.state.second if self.state else None)
        return any(at is not None and at > self.deauthorized_at for at in heard)

    @property
    def muted(self) -> bool:
        """Whether the holder gets no more mail."""
        return not self.is_authorized

    def with_state(self, state: Account, event: Event) -> Self:
        """A copy updated with what `event` says about the account."""
        return self.model_copy(update={"state": merge(self.state, event, state)})

    def with_capability(self, capability: Capability, event: Event) -> Self:
        """A copy updated with what `event` says about one of its capabilities."""
        facet = merge(self.capabilities.get(capability.id), event, capability)
        return self.model_copy(update={"capabilities": {**self.capabilities, capability.id: facet}})

    def announces(self, payout: Payout) -> bool:
        """Whether the holder is told about a payout; an automatic daily payout is no news."""
        daily = self.state is not None and self.state.value.payout_interval == "daily"
        return not (payout.automatic and daily)

    def with_activity(self, at: int) -> Self:
        """A copy that knows of an event from the account `at`, in epoch seconds."""
        return self.model_copy(update={"active_on": max(at - at % DAY, self.active_on or 0)})

    def with_authorization(self, at: int) -> Self:
        """A copy that was authorized `at`, in epoch seconds."""
        return self.model_copy(update={"authorized_at": max(at, self.authorized_at or 0)})

    def with_deauthorization(self, at: int) -> Self:
        """A copy that was deauthorized `at`, in epoch seconds."""
        return self.model_copy(update={"deauthorized_at": max(at, self.deauthorized_at or 0)})


class PayoutRecord(Record):
    """A payout; `subject` is its id. It lies in the partition of the account that receives it."""

    payout: Facet[Payout] | None = None

    @property
    def partition(self) -> str:
        """The partition of the account."""
        return keys.partition(self.account, self.account)

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.payout(self.subject)

    @property
    def status(self) -> str | None:
        """Stripe's status of the payout; None if no event told of it."""
        return self.payout.value.status if self.payout else None

    @property
    def under_way(self) -> bool:
        """Whether the money has not arrived yet and still may."""
        return self.status in {"pending", "in_transit"}

    def with_payout(self, payout: Payout, event: Event) -> Self:
        """A copy updated with what `event` says about `payout`."""
        return self.model_copy(update={"payout": merge(self.payout, event, payout)})
