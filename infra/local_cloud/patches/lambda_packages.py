"""ministack 1.5.33 lets a Lambda function import ministack's own packages: this patch hides them.

So a package that the function does not ship is missing here, too, and not only on AWS.
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

from ministack.core import lambda_runtime

# Text, because it goes before the program that ministack writes for each worker process.
_FORGET_INSTALLED_PACKAGES = """
import sys
sys.path[:] = [path for path in sys.path if not path.endswith(("site-packages", "dist-packages"))]
"""


def apply() -> None:
    """Start each new Python worker without installed packages."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _FORGET_INSTALLED_PACKAGES + lambda_runtime._PYTHON_WORKER_SCRIPT
