"""The mails that the emulator's SES has taken, in readable form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Mail:
    """One mail.

    Attributes:
        to: the addresses it went to.
        sender: the address it came from.
        subject: as its reader sees it.
        text: the plain part; empty if there is none.
        html: the HTML part; empty if there is none.
        time: when it was sent, in UTC, by the emulator's clock.
    """

    to: tuple[str, ...]
    sender: str
    subject: str
    text: str
    html: str
    time: datetime


def parse_mails(answer: Mapping[str, Any]) -> list[Mail]:
    """The mails of every account in the emulator's own format, oldest first."""
    sent = [message for messages in answer["messages"].values() for message in messages]
    mails = [
        Mail(
            to=tuple(message["To"]),
            sender=message["Source"],
            subject=message["Subject"],
            text=message["BodyText"] or "",
            html=message["BodyHtml"] or "",
            time=datetime.fromtimestamp(message["Timestamp"], UTC),
        )
        for message in sent
    ]
    return sorted(mails, key=lambda mail: mail.time)
