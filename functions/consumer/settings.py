"""The consumer's settings, read once from the environment that template.yaml gives it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.mails.catalogue import mails_off
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.runtime.emf import NAMESPACE
from shared.runtime.livemode import Livemode
from shared.values.frozen import Frozen
from shared.values.times import DAY, HOUR


class Settings(Frozen):
    """Field names are the environment's, in lower case."""

    queue_url: str
    effects_queue_url: str
    mails_queue_url: str
    inbox_table: str
    books_table: str
    tombstones_table: str
    access_table: str
    token_key_id: str
    message_key_id: str
    endpoint_binding: Literal["report", "enforce"] = "report"
    accept_unsigned_until: str = ""
    """The day until whose begin (UTC) unsigned messages are handled, such as 2027-01-31; empty for never."""
    erase_after_days: Annotated[int, Field(ge=0)] = 30
    """0 for never."""
    erase_deleted: bool = True
    erase_unconfirmed_after_hours: Annotated[int, Field(ge=1)] = 72
    """How long an erasure waits that Stripe does not confirm."""
    erase_waits: bool = True
    upcoming_intervals: str = "year"
    """Billing intervals, separated by commas."""
    export_link_hours: Annotated[int, Field(ge=0)] = 72
    """How long the link to an export works; 0 if there are no exports."""
    export_address_age_days: Annotated[int, Field(ge=0)] = 7
    """For how many days an address that has changed gets no link to an export; 0 for none."""
    guest_order_days: Annotated[int, Field(ge=0)] = 180
    """0 for never."""
    erase_account_after_days: Annotated[int, Field(ge=0)] = 30
    mail_connected: bool = False
    tell_connected: bool = False
    collect_after_end: bool = False
    mail_seats: bool = False
    manage_url: str = ""
    """Where a customer cancels and changes how to pay: a link to Stripe's portal, or a page of the business's own."""
    mails_off: str = ""
    """Templates, separated by commas."""
    order_key: str = ""
    """The metadata key that makes a payment intent an order."""
    reference_key: str = ""
    """The metadata key of the business's own id of a customer."""
    livemode: Livemode
    retention_days: Annotated[int, Field(ge=60)]
    """The DLQ and the queue of a redrive each keep a message 14 days; the inbox must remember it longer."""
    metrics_namespace: str = NAMESPACE
    lease_seconds: int
    """Longer than the function's timeout, shorter than the queue's visibility timeout."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`.

    Raises:
        pydantic.ValidationError: names each variable that is missing or wrong.
    """
    return Settings.model_validate({name.lower(): value for name, value in environ.items()})


def accepts_unsigned_until(settings: Settings) -> float:
    """The epoch seconds until which unsigned messages are handled; 0 for never.

    Raises:
        ValueError: the setting is no date.
    """
    day = settings.accept_unsigned_until
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp() if day else 0


def policy_of(settings: Settings) -> Policy:
    """The business's policy, from the parameters and `business/plans.toml`.

    Raises:
        ValueError: the settings name an unknown mail or interval; the text lists the known ones.
    """
    return Policy(
        plans=read_plans(),
        off=mails_off(settings.mails_off),
        upcoming=frozenset(name.strip() for name in settings.upcoming_intervals.split(",") if name.strip()),
        erase_waits=settings.erase_waits,
        mail_connected=settings.mail_connected,
        tell_connected=settings.tell_connected,
        collect_after_end=settings.collect_after_end,
        mail_seats=settings.mail_seats,
        manage_url=settings.manage_url,
        order_key=settings.order_key,
        reference_key=settings.reference_key,
        erase_after=settings.erase_after_days * DAY,
        erase_deleted=settings.erase_deleted,
        erase_unconfirmed_after=settings.erase_unconfirmed_after_hours * HOUR,
        export_links=settings.export_link_hours > 0,
        export_address_age=settings.export_address_age_days * DAY,
        erase_guests_after=settings.guest_order_days * DAY,
        erase_after_deauthorized=settings.erase_account_after_days * DAY,
    )
