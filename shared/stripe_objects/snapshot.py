"""The base class of what a facet holds: a Stripe object, reduced to the fields that Billhook reads."""

from shared.values.frozen import Frozen


class Snapshot(Frozen):
    """A Stripe object at one moment."""

    @property
    def final(self) -> bool:
        """Whether its status can never change again."""
        return False

    @property
    def as_of(self) -> int | None:
        """Since when the content is true, in epoch seconds, if that is before the event; else None."""
        return None

    @property
    def rank(self) -> int:
        """How far the object is in its life; decides between candidates that are equal otherwise."""
        return 0
