"""The process of the fault proxy: microburst 0.10, which answers for Amazon SES in the words of API version 2.

Both versions of Amazon SES sign with the name `ses`. microburst takes each such call for one of version 1 and answers
in XML, in which an SDK of version 2 finds no error code. Billhook calls version 2 alone.
"""

import sys

from microburst.cli import main
from microburst.detection import scope


def service_for_scope(name: str) -> str | None:
    """The service in botocore's words, by its name in a signature."""
    return "sesv2" if name == "ses" else by_microburst(name)


if __name__ == "__main__":
    by_microburst = scope.service_for_scope
    scope.service_for_scope = service_for_scope
    sys.exit(main())
