"""A bucket of a store that speaks S3, on this machine: the same promises as a folder's."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from moto.server import ThreadedMotoServer

from s11audit.services.evidence_bucket import BucketStore
from s11audit.services.evidence_store import MissingContentError, StoreError, store_at

RAW = b"minutes of the board\n" * 200_000
SHA256 = hashlib.sha256(RAW).hexdigest()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a server answers that speaks S3, with its bucket `evidence`."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        with pytest.MonkeyPatch.context() as patch:
            speak_to(patch, f"http://{host}:{port}")
            boto3.session.Session().client("s3").create_bucket(Bucket="evidence")
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def speak_to(patch: pytest.MonkeyPatch, address: str) -> None:
    """What an operator sets."""
    patch.setenv("AWS_ENDPOINT_URL_S3", address)
    patch.setenv("AWS_ACCESS_KEY_ID", "testing")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def reached(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_to(monkeypatch, address)


@pytest.mark.usefixtures("reached")
def test_a_content_comes_back_as_it_was_under_its_digest() -> None:
    store = store_at("s3://evidence/audit/files")
    assert isinstance(store, BucketStore)
    assert not store.has(SHA256)
    assert store.write(io.BytesIO(RAW)) == SHA256
    assert store.write(io.BytesIO(RAW)) == SHA256
    with store.open(SHA256) as content:
        assert b"".join(iter(lambda: content.read(100_000), b"")) == RAW
    assert store.has(SHA256)
    (kept,) = store.everything()
    assert kept.sha256 == SHA256
    assert abs((datetime.now(UTC) - kept.kept_at).total_seconds()) < 3600
    assert list(BucketStore("s3://evidence/other").everything()) == []
    assert [one.sha256 for one in BucketStore("s3://evidence/audit/files/").everything()] == [
        SHA256
    ]
    store.remove(SHA256)
    store.remove(SHA256)
    assert not store.has(SHA256)
    with pytest.raises(MissingContentError):
        store.open(SHA256)


@pytest.mark.usefixtures("reached")
def test_a_bucket_that_is_not_there_is_told_and_no_key() -> None:
    store = BucketStore("s3://nowhere-at-all")
    with pytest.raises(StoreError, match="NoSuchBucket") as caught:
        store.write(io.BytesIO(RAW))
    assert "testing" not in str(caught.value)
    with pytest.raises(StoreError):
        list(store.everything())


def test_a_store_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    speak_to(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(StoreError, match="cannot be reached"):
        BucketStore("s3://evidence").write(io.BytesIO(RAW))
