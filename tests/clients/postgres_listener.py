"""Runs the example on a database: reads deliveries of events from stdin, and prints the rows after each.

It runs in the environment `.tools/postgres`, which has the driver that the example needs.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import handler
import psycopg
from psycopg.rows import dict_row

TABLE = Path(handler.__file__).with_name("table.sql").read_text()
AT_ONCE = 4
"""How many Lambda functions save announcements at the same time."""


def rows_after(events: list[dict[str, Any]], connection: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - psycopg's
    """The rows of the table and of the view, after several functions have saved `events`."""
    connection.execute("truncate customer_access")
    with ThreadPoolExecutor(AT_ONCE) as functions:
        list(functions.map(lambda event: handler.lambda_handler(event, None), events))
    now = {
        (one["account"], one["customer"]): one["access"]
        for one in connection.execute("select * from customer_access_now").fetchall()
    }
    rows = connection.execute("select * from customer_access order by customer").fetchall()
    return [{**row, "now": now.get((row["account"], row["customer"]), "absent")} for row in rows]


def main() -> None:
    """Make the table twice, as a deployment that is repeated does, and save each delivery."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row) as connection:
        connection.execute(TABLE)
        connection.execute(TABLE)
        sys.stdout.write(json.dumps([rows_after(events, connection) for events in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()
