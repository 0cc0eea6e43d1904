"""Libraries stay out of the log: at DEBUG they quote whole requests and answers, secrets among them.

`AWS_LAMBDA_LOG_LEVEL`, Lambda's own setting, is enough to turn that on. At INFO they quote URLs.
"""

import logging

LIBRARIES = ("aws_lambda_powertools", "boto3", "botocore", "requests", "s3transfer", "stripe", "urllib3")


def quieten(level: int = logging.WARNING) -> None:
    """Set the libraries' level of logging to `level`, and turn DEBUG off even if the function is set to it."""
    logging.disable(logging.DEBUG)
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(level)
