"""What a facet may hold: a Stripe object reduced to what we read, which knows how far along its life it is."""

from shared.values.frozen import Frozen


class Snapshot(Frozen):
    """An object as it was at one moment."""

    @property
    def final(self) -> bool:
        """Whether its status can never change again."""
        return False

    @property
    def as_of(self) -> int | None:
        """When it was so, in epoch seconds, if that is before the event that tells it."""
        return None

    @property
    def rank(self) -> int:
        """How far along its life it is; breaks a tie that nothing else decides."""
        return 0
