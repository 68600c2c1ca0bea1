"""Uploads arrive byte by byte as they were sent."""

import httpx
import pytest

from emulator import wire
from emulator.envelope import ApiFailure

HARD = b"\r\n--boundary\r\n\x00\xff\n\r--\r\n\r\n"


@pytest.mark.parametrize("content", [b"", b"text", HARD, bytes(range(256)) * 100])
def test_a_file_arrives_as_it_was_sent(content: bytes) -> None:
    """Also when it looks like a boundary."""
    form = {"organizationId": "an id", "key": "a/ü.bin"}
    request = httpx.Request("POST", "http://x", data=form, files={"objectData": ("name.bin", content)})
    arguments = wire.read("", request.headers["content-type"], request.read())
    assert arguments.raw("objectData") == content
    assert (arguments.text("organizationId"), arguments.text("key")) == ("an id", "a/ü.bin")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"no boundary in here"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut off'),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: text/plain\r\n\r\nnameless\r\n--x--\r\n"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n',
        ),
    ],
)
def test_a_broken_upload_is_refused(content_type: str, body: bytes) -> None:
    """A part of a file must never be stored as the whole."""
    with pytest.raises(ApiFailure, match="Invalid request body"):
        wire.read("", content_type, body)
