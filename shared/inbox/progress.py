"""Progress: how far the effects worker is with one entry of an outbox, kept beside it on the inbox item."""

from shared.values.frozen import Frozen


class Progress(Frozen):
    """How far the worker is with one entry. Times are in epoch seconds, `failed_ms` in epoch milliseconds.

    Args:
        outcome: the result, in a word or two; None while the entry is owed.
        attempts: how often the worker tried it, without deferrals.
        deferrals: how often Amazon SES refused a mail for now; a deferral counts no attempt.
        not_before: when it may be tried next.
        counted: whether the hour's limit has counted this erasure or export.
        put_off_until: the time until which the hour's limit last put it off; 0 if it never did.
        faulty_since: when the deployment's fault began; 0 if there is none.
        error: why the last attempt failed.
        failed_ms: when the worker gave it up; a later message tries it afresh.
        cursor: how far a long erasure has come.
        rounds: how often a long erasure was continued by another message.
    """

    outcome: str | None = None
    attempts: int = 0
    deferrals: int = 0
    not_before: int = 0
    counted: bool = False
    put_off_until: int = 0
    faulty_since: int = 0
    error: str | None = None
    failed_ms: int | None = None
    cursor: str | None = None
    rounds: int = 0
