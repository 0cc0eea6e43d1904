"""The Lambda handler: hands over again what is overdue, reconciles if there is an API key, and logs the totals."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from functions.reconcile.hourly import Run, Totals, run
from functions.reconcile.metrics import count
from functions.reconcile.overdue import Overdue
from shared.failures.errors import Permanent, Retryable
from shared.runtime.stripe_key import is_of_mode, mode_of

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


class Context(Protocol):
    """The part of Lambda's context that is needed (https://docs.aws.amazon.com/lambda/latest/dg/python-context.html)."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the run."""


@dataclass(frozen=True)
class Handler:
    """The handler of an hourly schedule.

    Attributes:
        fetch_key: returns Stripe's API key, or any other text if none is stored.
        prepare: makes a run, from the key and a function that returns how many seconds are left.
        hand_over: hands over again what is overdue, and returns what it found. It is given what `prepare` is given.
        logger: writes the log.
        namespace: the namespace of the metrics.
        livemode: the mode whose events the stack handles; None for both.
    """

    fetch_key: Callable[[], str]
    prepare: Callable[[str, Callable[[], float]], Run]
    hand_over: Callable[[Callable[[], float]], Overdue]
    logger: "Logger"
    namespace: str
    livemode: bool | None

    def __call__(self, _event: Mapping[str, Any], context: Context) -> dict[str, int]:
        """What this hour has counted. After a failure the next hour goes on from the cursors.

        Lambda counts each error below, and the alarm `reconcile-errors` counts Lambda's. Lambda does not repeat a run.

        Raises:
            Permanent: Stripe refuses the key; somebody has to store another one.
            Retryable: Stripe or DynamoDB failed, for all accounts or for one.
            botocore.exceptions.ClientError, BotoCoreError: AWS refused, or did not answer.
        """
        totals = Totals()

        def seconds_left() -> float:
            return context.get_remaining_time_in_millis() / 1000

        try:
            found = self.hand_over(seconds_left)
            totals.handed_over = found.handed_over
            totals.dead_effects_s, totals.dead_mails_s = found.dead_s["effects"], found.dead_s["mails"]
            key = self.fetch_key().strip()
            if why := _off(mode_of(key), livemode=self.livemode):
                self.logger.info("reconciliation is off", extra={"why": why, "handed_over": totals.handed_over})
            else:
                prepared = self.prepare(key, seconds_left)
                _run(prepared, totals, self.logger)
        finally:
            count(totals, self.logger, self.namespace)
        return asdict(totals)


def _run(prepared: Run, totals: Totals, logger: "Logger") -> None:
    try:
        run(prepared, totals)
    except Retryable as error:
        logger.error("failed: goes on next hour", extra={"code": error.code, **asdict(totals)})  # noqa: TRY400 - as below
        raise
    except Permanent as error:
        logger.error("Stripe refuses: the key must be valid and may read Events", extra={"code": error.code})  # noqa: TRY400 - the traceback says nothing more
        raise
    else:
        logger.info("reconciled", extra=asdict(totals))


def _off(mode: str | None, *, livemode: bool | None) -> str | None:
    """Why there is no key to reconcile with, and what to do about it; None if there is one."""
    if mode is None:
        return "no API key is stored: put a restricted key that may read Events into the secret <stack>/stripe-api-key"
    if not is_of_mode(mode, livemode=livemode):
        return f"the stored key is for {mode} mode, and this stack handles {'live' if livemode else 'test-mode'} events"
    return None
