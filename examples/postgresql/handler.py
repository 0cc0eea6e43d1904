"""Keeps the row of a customer up to date: a Lambda function that EventBridge invokes with Billhook's announcements.

Announcements come in any order, and some come twice. The statement compares `version`, so an older announcement never
replaces a newer one, and a repetition changes nothing.
"""

import json
import os
from typing import Any

import psycopg

from billhook_announcements import BillhookEvent, named

COLUMNS = ("reference", "status", "access", "access_until", "plan", "features", "limits", "past_due")
DATES = ("trial_ends_at", "renews_at", "ends_at")
NAMES = ("account", "customer", "version", *COLUMNS, *DATES, "erased")
# An erasure has the version of the last change before it. A change of that version must not undo it.
UPSERT = f"""
insert into customer_access as known ({", ".join(NAMES)})
values ({", ".join(f"%({name})s" for name in NAMES)})
on conflict (account, customer) do update set {", ".join(f"{name} = excluded.{name}" for name in NAMES[2:])}
where known.version < excluded.version or (known.version = excluded.version and not known.erased)
"""  # noqa: S608 - the names are those above


def lambda_handler(event: BillhookEvent, _context: object) -> None:
    """Save what an announcement says; the rule of the bus selects those whose type begins with `organization.`."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(UPSERT, row_of(event))


def row_of(event: BillhookEvent) -> dict[str, Any]:
    """The row of the customer after an announcement."""
    detail, facts = event["detail"], dict(event["detail"]["facts"])
    return {
        "account": detail["account"],
        "customer": detail["customer"],
        "version": detail["version"],
        "reference": detail.get("reference"),
        **{name: facts.get(name) for name in ("status", "access", "access_until", "plan", *DATES)},
        "features": json.dumps(sorted(named(facts, "feature_"))),
        "limits": json.dumps(named(facts, "limit_")),
        "past_due": facts.get("past_due", False),
        "erased": event["detail-type"] == "organization.erased",
    }
