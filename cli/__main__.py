"""Runs the command `billhook`."""

import sys

from cli.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
