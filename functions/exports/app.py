"""The entry point of exports: `functions.exports.app.lambda_handler`."""

import os

from functions.exports.wiring import build

lambda_handler = build(os.environ)
