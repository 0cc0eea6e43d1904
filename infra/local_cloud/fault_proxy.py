"""The fault proxy: microburst, a process between the Lambda functions and the emulator that makes calls fail."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

STOP_SECONDS = 5


@contextlib.contextmanager
def running(port: int, emulator_port: int) -> Iterator[None]:
    """Run it during the `with` block. Without rules it passes every call on.

    Args:
        port: its port on 127.0.0.1.
        emulator_port: the port of the emulator on 127.0.0.1.

    Raises:
        OSError: microburst is not installed.
    """
    upstream = f"http://127.0.0.1:{emulator_port}"
    process_of_it = "infra.local_cloud.fault_proxy_process"
    command = [sys.executable, "-m", process_of_it, "--port", str(port), "--upstream", upstream, "--no-resign"]
    quiet = subprocess.DEVNULL  # its lines about every call would fill the emulator's log
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
        process.kill()
