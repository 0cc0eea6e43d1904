"""The consumer's settings, read once from the environment that template.yaml gives it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from shared.frozen import Frozen


class Settings(Frozen):
    """Field names are the environment's, in lower case."""

    queue_url: str
    queue_arn: str
    inbox_table: str
    books_table: str
    schedule_group: str
    scheduler_role_arn: str
    scheduler_dlq_arn: str
    mail_sender: str
    business_name: str
    livemode: bool
    group_by: Literal["account", "customer"]
    retention_days: Annotated[int, Field(ge=60)]
    """The DLQ keeps a message 14 days, and so does the queue it is redriven to; the inbox must remember it longer."""
    lease_seconds: int
    """Longer than the function's timeout, shorter than the queue's visibility timeout."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`.

    Raises:
        pydantic.ValidationError: names each variable that is missing or wrong.
    """
    return Settings.model_validate({name.lower(): value for name, value in environ.items()})
