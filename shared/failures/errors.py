"""The errors that Billhook raises: those that waiting may cure, and those that it never cures."""

from typing import ClassVar, Literal


class Retryable(Exception):  # noqa: N818 - says what to do about it, as `Permanent` does
    """A service failed now and may work later; the message is retried 7 times over about 6 hours.

    Args:
        code: a short stable word for the inbox and the logs, such as `ThrottlingException`; never an event's value.
    """

    kind: ClassVar[Literal["service", "throttled", "deployment"]] = "service"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Contended(Retryable):
    """Other writers changed the same item at each try; retried with growing waits, uncounted."""

    kind = "throttled"


class Misconfigured(Retryable):
    """A service refuses a setting of this deployment, such as a key; retried for an hour while a person repairs it."""

    kind = "deployment"


class MailDeferred(Retryable):
    """SES takes no mail now; the mail is retried after `seconds`, until it expires."""

    def __init__(self, code: str, seconds: int) -> None:
        super().__init__(code)
        self.seconds = seconds


class OverLimit(Retryable):
    """The hour has had as many effects of one kind as the business allows; tried again after `seconds`, uncounted."""

    kind = "throttled"

    def __init__(self, code: str, seconds: int) -> None:
        super().__init__(code)
        self.seconds = seconds


class Permanent(Exception):  # noqa: N818 - as above
    """An event that can never be processed; it is recorded and goes to the dead-letter queue.

    Args:
        code: a short stable word for the inbox and the logs.
        where: the field or step, such as `data.object.customer`; never its value.
    """

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code} at {where}" if where else code)
        self.code = code
        self.where = where


class Unforeseen(Exception):  # noqa: N818 - as above
    """A bug, described by its class and place only: Lambda logs the text, and the original text may quote an event."""

    def __init__(self, bug: BaseException) -> None:
        super().__init__(f"{type(bug).__name__} at {raised_at(bug)}")


def raised_at(error: BaseException) -> str:
    """The innermost line of Billhook's code in the traceback, as `module:line`; empty if there is none."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith(("functions.", "shared.")):
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
