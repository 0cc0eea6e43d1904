"""Start ministack, mended, under its own interpreter: `python -m infra.local_cloud.boot --help`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra.local_cloud.boot", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where the AWS APIs answer")
    parser.add_argument("--control-port", type=int, required=True, help="where the clock can be read and advanced")
    parser.add_argument("--state", type=Path, help="keep the state here over a clean stop")
    parser.add_argument("--auth", action="store_true", help="enforce signatures and IAM policies")
    parser.add_argument("--without-mends", action="store_true", help="plain ministack, to see whether a mend is needed")
    parser.add_argument("--die-with-stdin", action="store_true", help="stop when standard input closes")
    return parser.parse_args()


def _settings(arguments: argparse.Namespace, scratch: str) -> dict[str, str]:
    settings = {
        "GATEWAY_PORT": str(arguments.port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": str(arguments.auth).lower(),
        "TMPDIR": scratch,  # every Lambda worker unpacks its code there and leaves it
        "S3_DATA_DIR": f"{scratch}/s3",
    }
    if arguments.state:
        state = arguments.state.resolve()
        settings |= {"PERSIST_STATE": "1", "STATE_DIR": str(state), "S3_PERSIST": "1", "S3_DATA_DIR": f"{state}/s3"}
    return settings


def _die_with_stdin() -> None:
    """Stop once the starter is gone: its end of the pipe closes however it dies, even by SIGKILL."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run until SIGTERM, SIGINT or, if asked, the end of standard input; then remove all scratch files."""
    arguments = _arguments()
    if arguments.die_with_stdin:
        threading.Thread(target=_die_with_stdin, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="billhook-cloud-", ignore_cleanup_errors=True) as scratch:
        os.environ.update(_settings(arguments, scratch))
        tempfile.tempdir = scratch
        if not arguments.without_mends:
            # Only here: ministack reads its settings, and the clock must be in place, when it is imported.
            from infra.local_cloud import control, mends  # noqa: PLC0415 -- see above

            mends.apply()
            control.serve(arguments.control_port)
        from ministack.app import main as ministack  # noqa: PLC0415 -- see above

        sys.argv = sys.argv[:1]  # ministack reads its own arguments from here
        ministack()


if __name__ == "__main__":
    main()
