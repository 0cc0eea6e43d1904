"""Amazon SES as far as the worker meets it: it takes mails, refuses some, and has its moods."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from functions.effects.mails.mailer import Mailer
from tests.consumer.world import Clock

RATE = ("TooManyRequestsException", "Maximum sending rate exceeded.")
QUOTA = ("TooManyRequestsException", "Daily message quota exceeded.")
SENDER = "Acme <billing@example.com>"
OPERATOR = "ops@example.com"


def refusal(code: str, message: str = "") -> ClientError:
    """What boto3 raises when SES answers with an error."""
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(answer, "SendEmail")


@dataclass
class Ses:
    """Takes each mail, unless its next error is one."""

    errors: list[Exception | None] = field(default_factory=list)
    calls: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)

    def send_email(self, **request: Any) -> None:  # noqa: ANN401 - boto3's own signature
        self.calls += 1
        error = self.errors.pop(0) if self.errors else None
        if error:
            raise error
        self.taken.append(request)


def mailer_of(client: object, clock: Clock | None = None, pauses: list[float] | None = None, **changes: str) -> Mailer:
    """A mailer that waits as long as its jitter allows, and only notes that it does."""
    pauses = [] if pauses is None else pauses
    named = {"sender": SENDER, "operator": OPERATOR} | changes
    return Mailer(
        client,  # type: ignore[arg-type] # an SES of ours is enough
        named["sender"],
        "Acme",
        named["operator"],
        frozenset(),
        lambda _least, most: most,
        clock or Clock(),
        pauses.append,
    )
