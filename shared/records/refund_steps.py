"""The steps in which a charge was refunded: its own events tell a total each time, and no id of a refund.

A total can fall, when a refund fails, and rise again; so a step is known by its time as well. Stripe may make two
events for one change, maybe a second apart: https://docs.stripe.com/webhooks#handle-duplicate-events.
"""

from shared.values.frozen import Frozen
from shared.values.times import HOUR


class RefundStep(Frozen):
    """From which total to which a refund led, in minor units, and when, in epoch seconds."""

    at: int
    before: int
    total: int

    @property
    def amount(self) -> int:
        """How much went back in this step."""
        return self.total - self.before

    def same_as(self, other: "RefundStep") -> bool:
        """Whether both tell of one change: a refund does not fail and is not repeated within an hour."""
        alike = (self.before, self.total) == (other.before, other.total)
        return alike and abs(self.at - other.at) < HOUR


def with_step(steps: tuple[RefundStep, ...], step: RefundStep) -> tuple[RefundStep, ...]:
    """`steps` with one more, in the order of their time; of two that tell of one change the earlier one stays."""
    if step.amount <= 0:
        return steps
    kept: list[RefundStep] = []
    for one in sorted((*steps, step), key=lambda found: (found.at, found.total, found.before)):
        if not any(one.same_as(earlier) for earlier in kept):
            kept.append(one)
    return tuple(kept)


def new_steps(before: tuple[RefundStep, ...], after: tuple[RefundStep, ...]) -> tuple[RefundStep, ...]:
    """The steps that nobody had told of before."""
    return tuple(step for step in after if not any(step.same_as(known) for known in before))
