"""Fill the running local cloud for a drill: `make drill`, beside `make run` in another terminal."""

import sys
import time

from cyclopts import App

from cli.bounds import Count
from cli.errors import RefusedError
from cli.local.running import client
from cli.where import LOCAL
from tests.drill.seed import Seed


def main(events: Count = 10_000, dead: Count = 300, /) -> None:
    """Fill the running local cloud with finished events and dead letters, and say what to type.

    Args:
        events: how many events.
        dead: how many of them are dead letters.

    Raises:
        RefusedError: no local cloud runs.
    """
    dynamodb, sqs, secrets = client("dynamodb"), client("sqs"), client("secretsmanager")
    key = secrets.get_secret_value(SecretId=f"{LOCAL}/message-key")["SecretString"].splitlines()[0]
    began = time.monotonic()
    counts = Seed(dynamodb, sqs, LOCAL, key, time.time()).fill(events, dead)
    causes = ", ".join(f"{count} {name}" for name, count in counts.items())
    took = f"in {time.monotonic() - began:.0f} s"
    sys.stdout.write(f"{events:,} events, {sum(counts.values())} of them dead letters ({causes}), {took}\n")
    sys.stdout.write("begin with: ./billhook status\n")


if __name__ == "__main__":
    app = App(name="python -m tests.drill", version_flags=())
    app.default(main)
    try:
        app(sys.argv[1:])
    except RefusedError as error:
        sys.exit(str(error))
