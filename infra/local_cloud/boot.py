"""Start ministack with the patches, under its own interpreter: `python -m infra.local_cloud.boot --help`."""

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from infra.local_cloud import fault_proxy, shared_clock


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra.local_cloud.boot", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="the port of the AWS APIs")
    parser.add_argument("--bind", default="127.0.0.1", help="the address of the AWS APIs on this machine")
    parser.add_argument("--control-port", type=int, required=True, help="the port of the clock")
    parser.add_argument("--faults-port", type=int, help="the port of a fault proxy for the calls of Lambda functions")
    parser.add_argument("--state", type=Path, help="a folder that keeps the state after a clean stop")
    parser.add_argument("--auth", action="store_true", help="enforce signatures and IAM policies")
    parser.add_argument(
        "--without-patches", action="store_true", help="plain ministack, to see whether a patch is needed"
    )
    parser.add_argument("--die-with-stdin", action="store_true", help="stop when standard input closes")
    return parser.parse_args()


def _settings(arguments: argparse.Namespace, scratch: Path, kept: Path) -> dict[str, str]:
    functions_call = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{arguments.faults_port}"} if arguments.faults_port else {}
    return functions_call | {
        "GATEWAY_PORT": str(arguments.port),
        "BIND_HOST": arguments.bind,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": str(arguments.auth).lower(),
        "TMPDIR": str(scratch),  # every Lambda worker unpacks its code there and does not remove it
        "PERSIST_STATE": "1" if arguments.state else "0",
        "S3_PERSIST": "1" if arguments.state else "0",
        "STATE_DIR": str(kept / "state"),
        "S3_DATA_DIR": str(kept / "s3"),
    }


def _end_workers() -> None:
    from ministack.core import lambda_runtime  # noqa: PLC0415 -- ministack reads its settings when it is imported

    lambda_runtime.reset()


def _die_with_stdin() -> None:
    """Stop once the parent process is gone: its end of the pipe closes, even after SIGKILL."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    while True:  # a request that waits for a function would delay the stop
        _end_workers()
        time.sleep(0.1)


def _start_patched(clock_file: Path, control_port: int) -> None:
    shared_clock.create(clock_file)
    shared_clock.follow(clock_file)
    # Imported only now: these modules import ministack, which reads its settings and clock when it is imported.
    from infra.local_cloud import control, patches  # noqa: PLC0415 -- see above

    patches.apply(clock_file)
    control.serve(control_port, clock_file)


def main() -> None:
    """Run until SIGTERM, SIGINT or, with --die-with-stdin, the end of standard input; then remove all scratch files."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until ministack sets its own handler
    if arguments.die_with_stdin:
        threading.Thread(target=_die_with_stdin, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="billhook-cloud-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        kept: Path = arguments.state.resolve() if arguments.state else scratch
        kept.mkdir(parents=True, exist_ok=True)
        os.environ.update(_settings(arguments, scratch, kept))
        tempfile.tempdir = folder
        if not arguments.without_patches:
            _start_patched(kept / "clock", arguments.control_port)
        from ministack.app import main as ministack  # noqa: PLC0415 -- see above

        sys.argv = sys.argv[:1]  # ministack also reads the command line
        with contextlib.ExitStack() as stack:
            stack.callback(_end_workers)  # ministack does not end them
            if arguments.faults_port:
                stack.enter_context(fault_proxy.running(arguments.faults_port, arguments.port))
            ministack()


if __name__ == "__main__":
    main()
