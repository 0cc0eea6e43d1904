"""The effects worker's settings, read once from the environment that template.yaml gives it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from shared.mails.catalogue import mails_off
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.runtime.emf import NAMESPACE
from shared.runtime.livemode import Livemode
from shared.values.frozen import Frozen


class Settings(Frozen):
    """The settings; each field is the environment variable of that name in upper case."""

    queue_url: str
    queue_arn: str
    effects_queue_url: str
    effects_queue_arn: str
    mails_queue_url: str
    mails_queue_arn: str
    inbox_table: str
    books_table: str
    tombstones_table: str
    access_table: str
    schedule_group: str
    scheduler_role_arn: str
    scheduler_dlq_arn: str
    event_bus: str
    exports_bucket: str
    exports_url: str
    export_link_hours: Annotated[int, Field(ge=0)] = 72
    """How long the link to an export works; 0 if there are no exports."""
    erasures_per_hour: Annotated[int, Field(ge=0)] = 200
    """How many erasures, and how many exports, begin in an hour at most; 0 for no limit."""
    manage_url: str = ""
    """A page of the business's own: mails may link to its host."""
    token_key_id: str
    stripe_key_id: str
    message_key_id: str
    mail_sender: str
    operator_address: str = ""
    mail_connected: bool = False
    tell_connected: bool = False
    collect_after_end: bool = False
    mails_off: str = ""
    """Names of mail templates, separated by commas."""
    business_name: str
    livemode: Livemode
    group_by: Literal["account", "customer"]
    metrics_namespace: str = NAMESPACE
    retention_days: int
    lease_seconds: int
    """Longer than the function's timeout, and shorter than the queues' visibility timeout."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`.

    Raises:
        pydantic.ValidationError: names each variable that is missing or wrong.
    """
    return Settings.model_validate({name.lower(): value for name, value in environ.items()})


def policy_of(settings: Settings) -> Policy:
    """The policy that decides whether a mail still applies.

    Raises:
        ValueError: `mails_off` names a mail that does not exist; the message lists the mails.
    """
    return Policy(
        plans=read_plans(),
        off=mails_off(settings.mails_off),
        mail_connected=settings.mail_connected,
        tell_connected=settings.tell_connected,
        collect_after_end=settings.collect_after_end,
    )
