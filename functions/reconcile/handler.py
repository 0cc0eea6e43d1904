"""The Lambda handler: hands over again what is overdue, reconciles if there is an API key, and says what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from functions.reconcile.hourly import Run, Totals, run
from functions.reconcile.overdue import Overdue
from functions.reconcile.stripe_api import Json, mode_of
from shared.failures.errors import Permanent, Retryable

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

    from functions.reconcile.offer import Say

type Handler = Callable[[Mapping[str, Any], Context], dict[str, int]]


class Context(Protocol):
    """What is used of Lambda's context (https://docs.aws.amazon.com/lambda/latest/dg/python-context.html)."""

    def get_remaining_time_in_millis(self) -> int:
        """How long until Lambda ends the run."""


@dataclass(frozen=True)
class Parts:
    """What the handler is made of.

    Args:
        fetch_key: returns Stripe's API key, or anything else if none is stored.
        prepare: makes a run of a key and of how many seconds are left.
        hand_over: hands over again what is overdue, and returns what it found.
        count: makes metrics of the totals.
    """

    fetch_key: Callable[[], str]
    prepare: Callable[[str, Callable[[], float]], Run]
    hand_over: Callable[[], Overdue]
    count: Callable[[Totals], None]


def make_handler(parts: Parts, logger: "Logger", *, livemode: bool | None) -> Handler:
    """The handler of an hourly schedule; `livemode` is the mode whose events the stack handles, None for both.

    Returns:
        A function that answers what it has counted, and raises what is somebody's to mend: a key that may not read
        events, or AWS. Stripe in trouble is waited out: the next hour goes on from the cursors.
    """

    def handler(_event: Mapping[str, Any], context: Context) -> dict[str, int]:
        totals = Totals()
        try:
            found = parts.hand_over()
            totals.handed_over = found.handed_over
            totals.dead_effects_s, totals.dead_mails_s = found.dead_s["effects"], found.dead_s["mails"]
            key = parts.fetch_key().strip()
            if why := _off(mode_of(key), livemode=livemode):
                logger.info("reconciliation is off", extra={"why": why, "handed_over": totals.handed_over})
            else:
                _run(parts.prepare(key, lambda: context.get_remaining_time_in_millis() / 1000), totals, logger)
        finally:
            parts.count(totals)
        return asdict(totals)

    return handler


def sayer(logger: "Logger") -> "Say":
    """A function that logs an event that was offered, or why it could not be."""

    def say(event: Json, unfit: str | None) -> None:
        line = {"event_id": event.get("id"), "type": event.get("type"), "account": event.get("account")}
        if unfit:
            logger.error("missing, and cannot be queued", extra={**line, "reason": unfit})
        else:
            logger.info("healed", extra={name: value for name, value in line.items() if value is not None})

    return say


def _run(prepared: Run, totals: Totals, logger: "Logger") -> None:
    try:
        run(prepared, totals)
    except Retryable as error:
        logger.warning("stopped: goes on next hour", extra={"code": error.code, **asdict(totals)})
    except Permanent as error:
        logger.error("Stripe refuses: the key must be valid and may read Events", extra={"code": error.code})  # noqa: TRY400 - the traceback says nothing more
        raise
    else:
        logger.info("reconciled", extra=asdict(totals))


def _off(mode: str | None, *, livemode: bool | None) -> str | None:
    """Why there is nothing to reconcile with, and what to do about it; None if there is."""
    if mode is None:
        return "no API key is stored: put a restricted key that may read Events into the secret <stack>/stripe-api-key"
    if livemode is not None and (mode == "live") != livemode:
        return f"the stored key is for {mode} mode, and this stack handles {'live' if livemode else 'test-mode'} events"
    return None
