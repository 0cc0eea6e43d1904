"""The entry point of access: `functions.access.app.lambda_handler`."""

import os

from functions.access.wiring import build

lambda_handler = build(os.environ)
