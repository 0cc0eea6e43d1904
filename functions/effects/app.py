"""The effects worker's entry point: `functions.effects.app.lambda_handler`."""

import os

from functions.effects.wiring import build

lambda_handler = build(os.environ)
