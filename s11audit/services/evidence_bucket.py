"""A store of contents in a bucket of Amazon S3, or of whatever speaks like it.

Address, region and keys come from the variables that boto3 reads itself: `AWS_ENDPOINT_URL_S3`,
`AWS_DEFAULT_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from s11audit.services.evidence_store import (
    KeptContent,
    MissingContentError,
    StoreError,
    checked_digest,
    copy_and_digest,
    is_digest,
)

# Kept in memory while the digest is computed; more goes to a file that has no name.
IN_MEMORY = 1024 * 1024
NOT_THERE = frozenset({"404", "NoSuchKey"})
# Somebody waits at a page: better to say that it failed than to try for minutes.
PATIENCE = Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 3})


class BucketStore:
    """The bucket and prefix of `s3://BUCKET/PREFIX`. The bucket must be there, and private."""

    def __init__(self, address: str) -> None:
        self._bucket, _, prefix = address.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client: Any = boto3.session.Session().client("s3", config=PATIENCE)

    def write(self, content: IO[bytes]) -> str:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as whole:
            sha256 = copy_and_digest(content, cast("IO[bytes]", whole))
            whole.seek(0)
            with self._faults_told():
                self._client.put_object(Bucket=self._bucket, Key=self._key(sha256), Body=whole)
        return sha256

    def open(self, sha256: str) -> IO[bytes]:
        with self._faults_told(sha256):
            found = self._client.get_object(Bucket=self._bucket, Key=self._key(sha256))
        return cast("IO[bytes]", found["Body"])

    def has(self, sha256: str) -> bool:
        try:
            with self._faults_told(sha256):
                self._client.head_object(Bucket=self._bucket, Key=self._key(sha256))
        except MissingContentError:
            return False
        return True

    def remove(self, sha256: str) -> None:
        with self._faults_told():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(sha256))

    def everything(self) -> Iterator[KeptContent]:
        pages = self._client.get_paginator("list_objects_v2")
        with self._faults_told():
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for found in page.get("Contents", ()):
                    name = found["Key"].removeprefix(self._prefix)
                    if is_digest(name):
                        yield KeptContent(name, found["LastModified"])

    def forget_unfinished(self, before: datetime) -> int:
        """Nothing: an upload to a bucket is there as a whole or not at all."""
        return 0

    def _key(self, sha256: str) -> str:
        return self._prefix + checked_digest(sha256)

    @contextmanager
    def _faults_told(self, sha256: str = "") -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if sha256 and code in NOT_THERE:
                raise MissingContentError(f"{self._bucket} has no {sha256}") from error
            raise StoreError(f"{self._bucket} refused: {code}") from error
        except BotoCoreError as error:
            raise StoreError(f"{self._bucket} cannot be reached: {error}") from error
