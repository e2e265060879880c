"""Where ciphertexts lie: the database, a folder, an S3-compatible place."""

import stat

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ledger.index.blobs import DatabaseBlobs, open_blobs
from ledger.index.errors import StoreError
from ledger.index.objects import ObjectBlobs
from ledger.index.sealed import Custody, SealedPayloads
from ledger.sealing import DecryptionKey, Subject, Suite, seal, wrap_for
from tests.index.streams import PLATFORM, hashed

ONE, TWO = hashed(b"one"), hashed(b"two")
CONTENT = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def s3():
    """An S3-compatible server of one's own, with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "someone",
            "AWS_SECRET_ACCESS_KEY": "secret-of-someone",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT": url,
            "AWS_ALLOW_HTTP": "true",
        }.items():
            environment.setenv(name, value)
        boto3.client("s3", endpoint_url=url, region_name="us-east-1").create_bucket(Bucket="ciphertexts")
        yield "s3://ciphertexts/of/passavant"
        server.stop()


@pytest.fixture(params=["database", "file", "s3"])
def blobs(request, store, tmp_path):
    if request.param == "database":
        return open_blobs(None, store)
    return open_blobs(
        (tmp_path / "blobs").as_uri() if request.param == "file" else request.getfixturevalue("s3"), store
    )


def test_content_by_its_hash(blobs):
    assert blobs.get(ONE) is None
    blobs.put(ONE, CONTENT)
    blobs.put(ONE, CONTENT)
    blobs.put(TWO, b"two")
    assert (blobs.get(ONE), blobs.get(TWO)) == (CONTENT, b"two")
    blobs.delete(ONE)
    blobs.delete(ONE)
    assert (blobs.get(ONE), blobs.get(TWO)) == (None, b"two")


def test_sealed_payloads_lie_where_they_are_told_to(blobs, store):
    payloads = SealedPayloads(store, blobs)
    sealed, key = seal(Subject(ONE, TWO, ONE), b"content")
    wrap = wrap_for(DecryptionKey.generate(PLATFORM, 1, Suite.X25519).public, sealed, key)
    payloads.place(sealed)
    payloads.put(sealed, Custody(PLATFORM), [wrap])
    assert payloads.ciphertext(sealed.content_hash) == sealed.ciphertext
    inside = DatabaseBlobs(store).get(sealed.content_hash) is not None
    assert inside is not blobs.elsewhere
    payloads.clear([sealed.content_hash])
    assert payloads.ciphertext(sealed.content_hash) is None


def test_what_a_place_has_spoilt_is_not_given_out(store, tmp_path):
    blobs = ObjectBlobs((tmp_path / "blobs").as_uri())
    blobs.put(ONE, b"not what this hash is of")
    assert SealedPayloads(store, blobs).ciphertext(ONE) is None


def test_a_folder_is_made_and_its_files_are_whole(tmp_path):
    folder = tmp_path / "deep" / "with space"
    ObjectBlobs(folder.as_uri()).put(ONE, CONTENT)
    [file] = [path for path in folder.rglob("*") if path.is_file()]
    assert file.read_bytes() == CONTENT
    assert file.parent.name + file.name == ONE.hex()
    assert stat.S_ISREG(file.stat().st_mode)


@pytest.mark.parametrize("url", ["ftp://host/x", "/a/bare/path", "gs://bucket", "s3://"])
def test_other_places_are_refused(url, s3):
    with pytest.raises(StoreError, match="ciphertexts"):
        ObjectBlobs(url)


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError):
        ObjectBlobs((tmp_path / "file" / "blobs").as_uri())


def test_a_place_that_is_gone(s3, tmp_path):
    with pytest.raises(StoreError, match="place of ciphertexts") as caught:
        ObjectBlobs("s3://no-such-bucket/x").put(ONE, CONTENT)
    assert "secret" not in str(caught.value)
    folder = tmp_path / "blobs"
    local = ObjectBlobs(folder.as_uri())
    folder.rmdir()
    folder.write_text("in the way")
    with pytest.raises(StoreError, match="place of ciphertexts"):
        local.put(ONE, CONTENT)
