"""The S3 calls of exports. They turn S3's errors into answers to the visitor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.exports.refusal import RefusedError
from shared.runtime.aws_code import code_of
from shared.values.export_files import UNTIL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_s3 import S3Client

SECONDS = 60  # within which a download must begin; it may take longer

# For a missing key S3 answers 403 instead of 404 to a role that may not list the bucket. Exports may not, because a
# list holds every export.
_MISSING = frozenset({"403", "404"})
_DOWNLOADED = {
    "ResponseContentDisposition": 'attachment; filename="your-data.json"',
    "ResponseContentType": "application/json",
    "ResponseCacheControl": "no-store",
}


@dataclass(frozen=True, slots=True)
class Files:
    """The export files in `bucket`; `clock` gives epoch seconds."""

    client: S3Client
    bucket: str
    clock: Callable[[], float]

    def presign(self, key: str) -> str:
        """A URL that lets anybody download the file under `key`, for a minute.

        Raises:
            RefusedError: 404, there is no such file, or its link has ended; 503, S3 cannot be reached or refuses.
        """
        try:
            # botocore signs a URL without asking S3, and for a missing file S3 would answer the visitor in XML.
            found = self.client.head_object(Bucket=self.bucket, Key=key)
            if self._has_ended(found.get("Metadata", {})):
                raise RefusedError(404, "expired")
            return self.client.generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": key} | _DOWNLOADED, ExpiresIn=SECONDS
            )
        except (BotoCoreError, ClientError) as error:
            raise _refusal(error) from None  # the error's text may hold the key

    def _has_ended(self, metadata: Mapping[str, str]) -> bool:
        """Whether the link has ended. The file of an older version does not say; the bucket ends its link."""
        return UNTIL in metadata and self.clock() >= int(metadata[UNTIL])


def _refusal(error: BotoCoreError | ClientError) -> RefusedError:
    code = code_of(error)
    if code in _MISSING:
        return RefusedError(404, "no_file", f"HeadObject: {code}")
    return RefusedError(503, "storage_unavailable", f"HeadObject: {code}")
