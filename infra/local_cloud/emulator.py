"""The emulator as a process: starts it, waits for it, reads its log, and ends it with its children."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".tools/cloud/bin/python"
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "BILLHOOK_BUSINESS")
LOG_TAIL_LINES = 30
STOP_SECONDS = 10


class NotStartedError(RuntimeError):
    """The emulator died, or did not answer in time; the message ends with the end of its log."""


class PortTakenError(NotStartedError):
    """Another process listens on the wanted port."""


@dataclass(frozen=True)
class Emulator:
    """A process of `infra.local_cloud.boot`, and the unnamed file of its log."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def log_text(self) -> str:
        """The whole log so far."""
        descriptor = self.log.fileno()  # not read(), which would move the position where the emulator writes
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    def stop(self) -> None:
        """End it and its Lambda workers. A second call does nothing."""
        if self.log.closed:
            return
        if self.process.stdin is not None:
            self.process.stdin.close()  # causes a clean stop, which saves the state and removes scratch files
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # the rest of its process group
        self.process.wait()
        self.log.close()


def free_port() -> int:
    """A free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def spawn(port: int, control_port: int, options: Sequence[str], credentials: dict[str, str]) -> Emulator:
    """Start the process, without waiting until it answers.

    Args:
        port: the port of the AWS APIs.
        control_port: the port of the clock.
        options: further options of `infra.local_cloud.boot`.
        credentials: the credentials of its Lambda functions.

    Raises:
        PortTakenError: a port is taken.
        OSError: the emulator is not installed.
    """
    for wanted in (port, control_port):
        if _is_taken(wanted):  # the other process might answer in place of the emulator
            raise PortTakenError(f"port {wanted} is taken")
    command = [str(PYTHON), "-m", "infra.local_cloud.boot", "--die-with-stdin"]
    command += ["--port", str(port), "--control-port", str(control_port), *options]
    log = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the process
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=_environment(credentials),
        stdin=subprocess.PIPE,  # closes when this process ends, and then the emulator stops
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C must not reach the emulator, which the clean-up still needs
    )
    return Emulator(process, log)


def wait(emulator: Emulator, url: str, seconds: float) -> None:
    """Return once `url` answers.

    Raises:
        NotStartedError: the process died, or did not answer within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if emulator.process.poll() is not None:
            raise NotStartedError(f"the local cloud died:\n{_tail(emulator)}")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=seconds):  # noqa: S310 -- http
            return
        time.sleep(0.05)
    raise NotStartedError(f"the local cloud did not answer within {seconds} s:\n{_tail(emulator)}")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _tail(emulator: Emulator) -> str:
    return "\n".join(emulator.log_text().splitlines()[-LOG_TAIL_LINES:])


def _environment(credentials: dict[str, str]) -> dict[str, str]:
    """Only the basics of this process's environment, because every Lambda function inherits the emulator's."""
    basics = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return basics | credentials | {"PYTHONUNBUFFERED": "1"}
