"""The mailer sends mails through Amazon SES; a mail that SES refuses for good is an outcome, not an error."""

import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError

from functions.effects.mails.render import render
from shared.effects.email import Email
from shared.failures.backoff import Jitter
from shared.failures.errors import MailDeferred
from shared.values.addresses import deliverable
from shared.values.times import HOUR

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

REFUSED = "refused"
"""The first word of the outcome of a mail that SES refuses for good."""

# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
REFUSALS = (
    "AccountSuspendedException",
    "BadRequestException",
    "MessageRejected",
)
PAUSED = (
    "LimitExceededException",
    "MailFromDomainNotVerifiedException",
    "NotFoundException",
    "SendingPausedException",
)
"""A person lifts a pause or repairs the identity, or the limit ends with the day: the worker asks again every hour."""
THROTTLED = ("Throttl", "TooManyRequests")

AT_ONCE = 2
"""How often a throttled mail is tried again at once: SES has refused it, so it cannot go twice."""
REST = 60
"""How long a worker leaves SES alone after a throttle or a time-out, in seconds."""


@dataclass
class Mailer:
    """Hands mails to SES, from `sender`, signed by `business`; `own` are the origins of the business's own links.

    `clock` gives epoch seconds, `sleep` takes seconds.
    """

    client: "SESV2Client"
    sender: str
    business: str
    operator: str
    own: AbstractSet[str]
    jitter: Jitter
    clock: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep
    resting_until: float = field(default=0, init=False)

    @property
    def resting(self) -> int:
        """How long SES is still left alone, in seconds; 0 if it is not."""
        return max(0, round(self.resting_until - self.clock()))

    def send(self, mail: Email) -> str:
        """Render a mail and hand it to SES; returns `sent`, `no address`, or `refused: <why>`.

        Raises:
            MailDeferred: SES takes no mail now.
            botocore.exceptions.ClientError, BotoCoreError: SES did not answer. It may have taken the mail.
        """
        to = self.operator if mail.audience == "operator" else mail.to
        if not to:
            return "no address"
        address = deliverable(to)
        if address is None:
            return f"{REFUSED}: address"
        if self.resting:
            raise MailDeferred("resting", self.resting)
        request = self._request(mail, address)
        try:
            return self._send(request)
        except (MailDeferred, BotoCoreError):  # not now, or no answer in time
            self.resting_until = self.clock() + REST
            raise

    def _send(self, request: dict[str, Any]) -> str:
        again = 0
        while True:
            try:
                self._call(request)
            except ClientError as error:
                code = str(error.response["Error"].get("Code", ""))
                if code in REFUSALS:
                    return f"{REFUSED}: {code}"
                if code in PAUSED or (_throttled(code) and _daily(error)):
                    raise MailDeferred(code, HOUR) from None
                if not _throttled(code):
                    raise
                if again == AT_ONCE:
                    raise MailDeferred(code, REST) from None
            else:
                return "sent"
            again += 1
            self.sleep(self.jitter(0.1, 1))

    def _call(self, request: dict[str, Any]) -> None:
        """Call SES once more if a kept connection was closed while Lambda slept: SES has not read that request."""
        try:
            self.client.send_email(**request)
        except ConnectionClosedError:
            self.client.send_email(**request)

    def _request(self, mail: Email, to: str) -> dict[str, Any]:
        subject, text, html = render(mail, self.business, self.own)
        body = {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}}
        return {
            "FromEmailAddress": self.sender,
            "Destination": {"ToAddresses": [to]},
            "Content": {"Simple": {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}},
        }


def _throttled(code: str) -> bool:
    return code.startswith(THROTTLED)


def _daily(error: ClientError) -> bool:
    """Whether the day's quota is used up, which SES says in words only.

    Source: https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
    """
    return "quota" in str(error.response["Error"].get("Message", "")).lower()
