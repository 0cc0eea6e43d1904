"""Fakes of everything outside the tables: the services that perform effects, and the queues of the two lanes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from functions.effects.worker import Done, Partial
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.erasure import Erase, Export
from shared.effects.observe import Observe
from shared.effects.remind import Remind
from shared.inbox.lanes import Lane
from shared.values.frozen import Scalar


@dataclass
class FakeServices:
    """The services that perform effects; each notes its call, or raises the next planned error."""

    mails: list[Email] = field(default_factory=list)
    reminders: list[Remind] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    erasures: list[Erase] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    observed: list[Observe] = field(default_factory=list)
    mail_errors: list[BaseException | None] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    limit_errors: list[BaseException | None] = field(default_factory=list)
    reminder_errors: list[BaseException | None] = field(default_factory=list)

    def send_mail(self, sent: Email) -> str:
        _raise_next(self.mail_errors)
        self.mails.append(sent)
        return "sent"

    def set_reminder(self, remind: Remind) -> str:
        _raise_next(self.reminder_errors)
        self.reminders.append(remind)
        return "set"

    def export(self, effect: Export, _committed_ms: int, _deadline: float) -> str:
        self.exports.append(effect)
        return "written"

    def erase(self, effect: Erase, _committed_ms: int, _cursor: str | None, _deadline: float) -> Done | Partial:
        self.erasures.append(effect)
        return Done("erased")

    def observe(self, effect: Observe) -> str:
        self.observed.append(effect)
        return "observed"

    def count(self, kind: str) -> None:
        self.counted.append(kind)
        _raise_next(self.limit_errors)

    def link(self, _partition: str, _committed_ms: int) -> dict[str, Scalar]:
        return {"export_url": None, "export_until": None}

    def publish(self, announcements: Sequence[Announcement]) -> str:
        self.announcements.extend(announcements)
        return "published"


def _raise_next(errors: list[BaseException | None]) -> None:
    error = errors.pop(0) if errors else None
    if error:
        raise error


@dataclass
class Queues:
    """The queues of the lanes: they note each message, or raise the next planned error."""

    sent: list[tuple[Lane, str, str]] = field(default_factory=list)
    errors: list[BaseException | None] = field(default_factory=list)

    def send_message(self, **kwargs: str) -> None:
        _raise_next(self.errors)
        lane: Lane = "mails" if kwargs["QueueUrl"] == "url of mails" else "effects"
        self.sent.append((lane, json.loads(kwargs["MessageBody"])["event"], kwargs["MessageGroupId"]))
