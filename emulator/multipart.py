"""Reading a `multipart/form-data` body, the form in which a client uploads a file.

A small reader of our own: a request is in memory as a whole anyway, and the emulator gets by without another package.
Source: RFC 7578; the LEAN CLI and LEAN's API client send `object/set` this way.
"""

from email.message import Message
from email.parser import BytesHeaderParser


def read(content_type: str, body: bytes) -> dict[str, str | bytes]:
    """The parts by their name: bytes for a file, text for anything else. The last one of a name counts.

    Raises:
        ValueError: No boundary, a part without name or end, or a text that is not UTF-8.
    """
    boundary = _header(f"Content-Type: {content_type}".encode()).get_boundary()
    if not boundary:
        raise ValueError("a multipart body needs a boundary")
    delimiter = b"\r\n--" + boundary.encode()
    preamble, *pieces = (b"\r\n" + body).split(delimiter)
    if preamble.strip() or not pieces or not pieces.pop().startswith(b"--"):
        raise ValueError("the multipart body has no end")
    return dict(_part(piece) for piece in pieces)


def _part(piece: bytes) -> tuple[str, str | bytes]:
    head, blank, content = piece.partition(b"\r\n\r\n")
    header = _header(head.lstrip())
    name = header.get_param("name", header="content-disposition")
    if not blank or not isinstance(name, str):
        raise ValueError("a part has no name")
    return name, content.decode() if header.get_filename() is None else content


def _header(lines: bytes) -> Message:
    return BytesHeaderParser().parsebytes(lines)
