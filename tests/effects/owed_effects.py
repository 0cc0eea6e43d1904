"""Commits events that owe effects, as the consumer does, and makes performing them fail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import EndpointConnectionError

from shared.decisions.decision import Decision
from shared.effects.effect import Effect
from shared.effects.erasure import Erase, Export
from shared.records.organization import Organization
from tests.consumer.examples import NOW
from tests.consumer.world import World

if TYPE_CHECKING:
    from shared.records.books import Books
    from shared.stripe_objects.event import Event

UNREACHABLE = EndpointConnectionError(endpoint_url="https://service.example")
"""A service that cannot be reached."""
EXPORT = Export(account="acct_1", customer="cus_1")


@dataclass(frozen=True)
class Owes:
    """Decides to save nothing and to owe `effects`, for any event."""

    effects: tuple[Effect, ...]

    def __call__(self, _event: "Event", _books: "Books") -> Decision:
        return Decision(then=self.effects)


@dataclass
class Fails:
    """Raises its errors one after the other, and then calls the real function."""

    does: Callable[..., Any]
    errors: list[BaseException]

    def __call__(self, *given: object) -> Any:  # noqa: ANN401 - the result of any function
        if self.errors:
            raise self.errors.pop(0)
        return self.does(*given)


def owe(world: World, *effects: Effect, event_id: str = "evt_1") -> None:
    """Commit an event that owes `effects`; forget the calls made so far."""
    world.decide = Owes(effects)
    assert world.consume(f"message of {event_id}", event_id).state == "committed"
    world.faults.calls.clear()


def erasing(world: World, as_of: int = NOW) -> Erase:
    """The erasure of the customer, at the version that the books have now."""
    organization = world.worker.books.read(Organization, "acct_1", "cus_1")
    return Erase(account="acct_1", customer="cus_1", as_of=as_of, version=organization.version)


def known(world: World, event_id: str = "evt_0") -> None:
    """Put the customer into the books."""
    organization = world.worker.books.read(Organization, "acct_1", "cus_1")
    world.decide = _Saves(organization)
    assert world.consume(f"message of {event_id}", event_id).state == "done"


@dataclass(frozen=True)
class _Saves:
    organization: Organization

    def __call__(self, _event: "Event", _books: "Books") -> Decision:
        return Decision(save=(self.organization,))


def sent(world: World) -> list[str]:
    """The keys of the mails that SES has taken, in their order."""
    return [one.key for one in world.services.mails]
