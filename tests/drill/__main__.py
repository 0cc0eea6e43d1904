"""Fill the running local cloud for a drill: `make drill`, beside `make run` in another terminal."""

import sys
import time

from cli.local.running import client
from cli.where import LOCAL
from tests.drill.seed import Seed


def main(events: int = 10_000, dead: int = 300) -> None:
    """Fill the cloud with finished events and dead letters, and say what to type.

    Raises:
        NothingRunsError: no local cloud runs.
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
    main(*map(int, sys.argv[1:]))
