"""The steps in which a charge was refunded; its events tell the new total and no id of a refund.

The total falls when a refund fails and may rise again, so the time is part of a step. Stripe may send two events about
one change, up to some seconds apart: https://docs.stripe.com/webhooks#handle-duplicate-events.
"""

from shared.values.frozen import Frozen
from shared.values.times import HOUR


class RefundStep(Frozen):
    """One refund: the total before and after it, in minor units, and its time in epoch seconds."""

    at: int
    before: int
    total: int

    @property
    def amount(self) -> int:
        """The amount of this refund, in minor units."""
        return self.total - self.before

    def same_as(self, other: "RefundStep") -> bool:
        """Whether both steps are one change; a refund neither fails nor is repeated within an hour."""
        alike = (self.before, self.total) == (other.before, other.total)
        return alike and abs(self.at - other.at) < HOUR


def with_step(steps: tuple[RefundStep, ...], step: RefundStep) -> tuple[RefundStep, ...]:
    """`steps` and one more, sorted by time; if two are the same change, the earlier one stays."""
    if step.amount <= 0:
        return steps
    kept: list[RefundStep] = []
    for one in sorted((*steps, step), key=lambda found: (found.at, found.total, found.before)):
        if not any(one.same_as(earlier) for earlier in kept):
            kept.append(one)
    return tuple(kept)


def new_steps(before: tuple[RefundStep, ...], after: tuple[RefundStep, ...]) -> tuple[RefundStep, ...]:
    """The steps in `after` that are not in `before`."""
    return tuple(step for step in after if not any(step.same_as(known) for known in before))
