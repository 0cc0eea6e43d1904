"""microburst, as a process that the calls of the Lambda functions go through, so that they can be made to fail."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

STOP_SECONDS = 5


@contextlib.contextmanager
def running(port: int, emulator_port: int) -> Iterator[None]:
    """Run it for as long as the `with` block lasts; without any rule it passes every call on.

    Args:
        port: where it is to listen on 127.0.0.1.
        emulator_port: whereto it passes calls on, likewise.

    Raises:
        OSError: microburst is not installed.
    """
    upstream = f"http://127.0.0.1:{emulator_port}"
    command = [sys.executable, "-m", "microburst", "--port", str(port), "--upstream", upstream, "--no-resign"]
    quiet = subprocess.DEVNULL  # it logs every call, and the emulator's log is read when something fails
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
        process.kill()
