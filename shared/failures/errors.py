"""The two kinds of failure, one that waiting may cure and one that it never will; and what is told of any other."""

from typing import ClassVar, Literal


class Retryable(Exception):  # noqa: N818 - says what to do about it, as `Permanent` does
    """A service did not do its part now, and may later; tried 7 times more over about 6 hours.

    Args:
        code: a short stable word for the inbox and the logs, such as `ThrottlingException`; never a value of the event.
    """

    kind: ClassVar[Literal["service", "throttled", "deployment"]] = "service"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Contended(Retryable):
    """Others wrote the same item each time we tried; come back later each time, and count no attempt."""

    kind = "throttled"


class Misconfigured(Retryable):
    """A service refuses what this deployment was given, such as a key; a person mends it, within an hour of waits."""

    kind = "deployment"


class MailDeferred(Retryable):
    """The mail service takes no mail now; try this mail again after `seconds`, until the mail expires."""

    def __init__(self, code: str, seconds: int) -> None:
        super().__init__(code)
        self.seconds = seconds


class Permanent(Exception):  # noqa: N818 - as above
    """An event that can never be processed as it is; it is recorded, and goes to the dead-letter queue.

    Args:
        code: a short stable word for the inbox and the logs.
        where: which field or step, such as `data.object.customer`; never its value.
    """

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code} at {where}" if where else code)
        self.code = code
        self.where = where


class Unforeseen(Exception):  # noqa: N818 - as above
    """A bug, told by its class and place: Lambda prints the text of what escapes, and its own may quote an event."""

    def __init__(self, bug: BaseException) -> None:
        super().__init__(f"{type(bug).__name__} at {raised_at(bug)}")


def raised_at(error: BaseException) -> str:
    """The innermost line of our own code that `error` passed through, `module:line`."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith(("functions.", "shared.")):
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
