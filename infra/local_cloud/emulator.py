"""The emulator as a process: start it, wait until it answers, read its log, end it with all that it has started."""

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
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
LOG_TAIL_LINES = 30
STOP_SECONDS = 10


class NotStartedError(RuntimeError):
    """The emulator died, or did not answer in time; the message ends with the tail of its log."""


class PortTakenError(NotStartedError):
    """Another process listens on the port that was asked for."""


@dataclass(frozen=True)
class Emulator:
    """A process of `infra.local_cloud.boot` and the nameless file that it logs to."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def log_text(self) -> str:
        """All that it has logged."""
        descriptor = self.log.fileno()  # not read(): that would move the place where the emulator writes
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    def stop(self) -> None:
        """End it and its Lambda workers; harmless when done already."""
        if self.log.closed:
            return
        if self.process.stdin is not None:
            self.process.stdin.close()  # asks for a clean stop, which saves the state and removes scratch files
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # whatever is left of its process group
        self.process.wait()
        self.log.close()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def spawn(port: int, control_port: int, options: Sequence[str], credentials: dict[str, str]) -> Emulator:
    """Start the process, without waiting until it answers.

    Args:
        port: where the AWS APIs are to answer.
        control_port: where the clock is to answer.
        options: further options of `infra.local_cloud.boot`.
        credentials: what its Lambda functions are to sign with.

    Raises:
        PortTakenError: a port is taken.
        OSError: the emulator is not installed.
    """
    for wanted in (port, control_port):
        if _is_taken(wanted):  # whoever has it might answer in the place of ours, and well
            raise PortTakenError(f"port {wanted} is taken")
    command = [str(PYTHON), "-m", "infra.local_cloud.boot", "--die-with-stdin"]
    command += ["--port", str(port), "--control-port", str(control_port), *options]
    log = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the process
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=_environment(credentials),
        stdin=subprocess.PIPE,  # closes when this process ends, in whatever way, and the emulator with it
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a Ctrl-C is ours alone: the emulator is still asked things while we clean up
    )
    return Emulator(process, log)


def wait(emulator: Emulator, url: str, seconds: float) -> None:
    """Return once `url` answers.

    Raises:
        NotStartedError: the process died, or did not answer for so many seconds.
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
    """The basics of this process's environment and no more: every Lambda function inherits the emulator's."""
    basics = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return basics | credentials | {"PYTHONUNBUFFERED": "1"}
