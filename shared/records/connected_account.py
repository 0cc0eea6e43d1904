"""The records of Connect: a connected account, and each payout to one."""

from collections.abc import Mapping
from typing import ClassVar, Self

from shared.records.facets import Facet, merge
from shared.records.stored_record import MailRecipient, Record
from shared.stripe_objects.accounts import Account, Capability, Payout
from shared.stripe_objects.event import Event
from shared.values import keys
from shared.values.times import DAY


class ConnectedAccount(MailRecipient):
    """A connected account; `subject` is its own id, as its `account` is."""

    state: Facet[Account] | None = None
    capabilities: Mapping[str, Facet[Capability]] = {}
    deauthorized_at: int | None = None
    authorized_at: int | None = None
    heard_on: int | None = None
    """The beginning of the newest UTC day on which anything happened to it: one write a day tells that it is there."""

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
        """The holder's address, if Stripe told; a standard account's is never told."""
        return self.state.value.email if self.state else None

    @property
    def name(self) -> str | None:
        """How to greet the holder."""
        return self.state.value.name if self.state else None

    @property
    def is_authorized(self) -> bool:
        """Whether it still lets us act for it: not after it was deauthorized, until anything of its own is newer."""
        if self.deauthorized_at is None:
            return True
        heard = (self.authorized_at, self.heard_on, self.state.second if self.state else None)
        return any(at is not None and at > self.deauthorized_at for at in heard)

    @property
    def muted(self) -> bool:
        """Whether nothing more is said to the holder."""
        return not self.is_authorized

    def with_state(self, state: Account, event: Event) -> Self:
        """Itself, having heard what `event` says of it."""
        return self.model_copy(update={"state": merge(self.state, event, state)})

    def with_capability(self, capability: Capability, event: Event) -> Self:
        """Itself, having heard what `event` says of one of its capabilities."""
        facet = merge(self.capabilities.get(capability.id), event, capability)
        return self.model_copy(update={"capabilities": {**self.capabilities, capability.id: facet}})

    def announces(self, payout: Payout) -> bool:
        """Whether a payout is news to the holder: not if one comes every day by itself."""
        daily = self.state is not None and self.state.value.payout_interval == "daily"
        return not (payout.automatic and daily)

    def heard(self, at: int) -> Self:
        """Itself, something of its own having happened `at`, in epoch seconds."""
        return self.model_copy(update={"heard_on": max(at - at % DAY, self.heard_on or 0)})

    def authorized(self, at: int) -> Self:
        """Itself, having let us act for it `at`, in epoch seconds."""
        return self.model_copy(update={"authorized_at": max(at, self.authorized_at or 0)})

    def deauthorized(self, at: int) -> Self:
        """Itself, deauthorized `at`, in epoch seconds."""
        return self.model_copy(update={"deauthorized_at": max(at, self.deauthorized_at or 0)})


class PayoutRecord(Record):
    """A payout; `subject` is its own id. It lies beside the account that it is paid to."""

    payout: Facet[Payout] | None = None

    @property
    def partition(self) -> str:
        """The account's own."""
        return keys.partition(self.account, self.account)

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.payout(self.subject)

    @property
    def status(self) -> str | None:
        """Where it is on its way."""
        return self.payout.value.status if self.payout else None

    @property
    def coming(self) -> bool:
        """Whether it is still on its way."""
        return self.status in {"pending", "in_transit"}

    def with_payout(self, payout: Payout, event: Event) -> Self:
        """Itself, having heard what `event` says of `payout`."""
        return self.model_copy(update={"payout": merge(self.payout, event, payout)})
