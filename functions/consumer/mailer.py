"""Mails through Amazon SES; one that SES will never accept is an outcome, not an error: mail must not stop billing."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.consumer.mails.render import render
from functions.consumer.perform import REFUSED, SendMail
from shared.effects import Email

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors: no later try would be
# accepted. A pause is lifted by people, not by time.
REFUSALS = (
    "AccountSuspendedException",
    "BadRequestException",
    "MailFromDomainNotVerifiedException",
    "MessageRejected",
    "NotFoundException",
    "SendingPausedException",
)

EXPORT_DAYS = 14
"""How long the bucket keeps an export, as template.yaml has it."""


def mailer(client: "SESV2Client", sender: str, business: str, operator: str, link_of: Callable[[str], str]) -> SendMail:
    """A function that renders a mail and hands it to SES, from `sender`, signed by `business`."""

    def send_mail(mail: Email) -> str:
        to = operator if mail.audience == "operator" else mail.to
        if not to:
            return "no address"
        if "export" in mail.data:  # the link gives access, so it is made only now, and stored nowhere
            mail = mail.model_copy(
                update={"data": {**mail.data, "export_url": link_of(mail.partition), "export_days": EXPORT_DAYS}}
            )
        subject, text, html = render(mail, business)
        try:
            client.send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": subject, "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": text, "Charset": "UTF-8"},
                            "Html": {"Data": html, "Charset": "UTF-8"},
                        },
                    }
                },
            )
        except client.exceptions.ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code in REFUSALS:
                return f"{REFUSED}: {code}"
            raise
        return "sent"

    return send_mail
