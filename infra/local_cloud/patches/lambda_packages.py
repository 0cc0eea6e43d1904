"""ministack 1.5.33 lets a Lambda function import what ministack's own environment holds: hide those packages from it.

A package that the function forgot to ship is missing here too, then, and not only after the deployment.
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

from ministack.core import lambda_runtime

# Text, because it is put before the program that ministack writes out for each worker process.
_FORGET_INSTALLED_PACKAGES = """
import sys
sys.path[:] = [path for path in sys.path if not path.endswith(("site-packages", "dist-packages"))]
"""


def apply() -> None:
    """Let each new Python worker start without any installed package."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _FORGET_INSTALLED_PACKAGES + lambda_runtime._PYTHON_WORKER_SCRIPT
