"""What exports asks of S3, with S3's errors turned into answers to the visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.exports.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

SECONDS = 60  # for a download to begin; one that has begun may take longer

# S3 says 404 for a missing key only to those who may list the bucket, and that would be to hand out every token.
_MISSING = frozenset({"403", "404"})
_DOWNLOADED = {
    "ResponseContentDisposition": 'attachment; filename="your-data.json"',
    "ResponseContentType": "application/json",
    "ResponseCacheControl": "no-store",
}


def url_presigner(client: S3Client, bucket: str) -> Callable[[str], str]:
    """A function that returns a URL from which anybody can download the file under a key, for a minute.

    The function raises RefusedError: 404 if there is no such file, 503 if S3 cannot be reached or refuses.
    """

    def presign(key: str) -> str:
        try:
            client.head_object(Bucket=bucket, Key=key)  # a URL can be signed for nothing, and S3 would answer in XML
            return client.generate_presigned_url(
                "get_object", Params={"Bucket": bucket, "Key": key} | _DOWNLOADED, ExpiresIn=SECONDS
            )
        except (BotoCoreError, ClientError) as error:
            raise _refusal(error) from None  # the error's text may hold the key

    return presign


def _refusal(error: BotoCoreError | ClientError) -> RefusedError:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    if code in _MISSING:
        return RefusedError(404, "no_file", f"HeadObject: {code}")
    return RefusedError(503, "storage_unavailable", f"HeadObject: {code}")
