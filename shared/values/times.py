"""Spans of time, in seconds."""

HOUR = 3600


DAY = 24 * HOUR
