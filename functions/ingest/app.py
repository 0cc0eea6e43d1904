"""Ingest's entry point: `functions.ingest.app.lambda_handler`."""

import os

from functions.ingest.wiring import build

lambda_handler = build(os.environ)
