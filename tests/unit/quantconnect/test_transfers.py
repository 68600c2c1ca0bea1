"""Files going up and down: streamed, whole or not at all, and no signature ever leaves for the host of a link."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from quantconnect import (
    AsyncQuantConnectClient,
    ConnectionLost,
    MissingCredentials,
    NotFound,
    PermissionDenied,
    QuantConnectClient,
    QuantConnectError,
    ServerError,
    UnexpectedResponse,
)
from tests.unit.quantconnect.server import AT_ONCE, OK, TOKEN, USER_ID, Script, refused

LINK = "https://files.example/one?secret=hidden"
CONTENT = b"0123456789" * 100_000
BOUGHT = OK | {"link": LINK, "cost": 5, "balance": 100}


def ask(script: Script, call: Callable[[Any], Any], organization_id: str | None = "org") -> Any:
    """Call the synchronous client."""
    with QuantConnectClient(
        USER_ID, TOKEN, organization_id=organization_id, policy=AT_ONCE, transport=script.transport
    ) as c:
        return call(c)


def ask_async(script: Script, call: Callable[[Any], Any], organization_id: str | None = "org") -> Any:
    """Call the asynchronous client."""

    async def run() -> Any:
        async with AsyncQuantConnectClient(
            USER_ID, TOKEN, organization_id=organization_id, policy=AT_ONCE, transport=script.transport
        ) as c:
            return await call(c)

    return asyncio.run(run())


both = pytest.mark.parametrize("asked_by", [ask, ask_async])
Asked = Callable[..., Any]


def file(content: bytes = CONTENT, status: int = 200, **headers: str) -> httpx.Response:
    """What the host of a link answers."""
    return httpx.Response(status, content=content, headers={n.replace("_", "-"): v for n, v in headers.items()})


@both
@pytest.mark.parametrize(
    ("call", "first"),
    [
        (lambda c, to, told: c.data.download("a.zip", to, progress=told), BOUGHT),
        (lambda c, to, told: c.modules.download(7, "m.zip", to, progress=told), OK | {"url": LINK}),
        (lambda c, to, told: c.objects.download(["a"], to, progress=told), OK | {"url": LINK}),
    ],
)
def test_a_file_comes_down_whole_with_progress_and_without_signature(
    asked_by: Asked, call: Callable[..., Any], first: dict[str, Any], tmp_path: Path
) -> None:
    """A link leads to a foreign host, which must not see who we are."""
    script, told = Script(first, file()), list[tuple[int, int | None]]()
    to = tmp_path / "a.zip"
    asked_by(script, lambda c: call(c, to, lambda so_far, total: told.append((so_far, total))))
    assert to.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [so_far for so_far, _ in told] == sorted(so_far for so_far, _ in told)
    assert len(told) > 1
    signed, plain = script.requests
    assert "authorization" in signed.headers
    assert (plain.method, str(plain.url)) == ("GET", LINK)
    assert "authorization" not in plain.headers
    assert "timestamp" not in plain.headers
    assert [child.name for child in tmp_path.iterdir()] == ["a.zip"]


@both
def test_a_link_may_lead_on(asked_by: Asked, tmp_path: Path) -> None:
    """Stores redirect to the machine that has the file; there is no signature that could wander."""
    script = Script(httpx.Response(302, headers={"location": "https://other.example/two"}), file())
    asked_by(script, lambda c: c.data.download_link(LINK, tmp_path / "a.zip"))
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert all("authorization" not in request.headers for request in script.requests)


@both
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"content": b"gone", "status": 404}, NotFound),
        ({"content": b"expired", "status": 403}, PermissionDenied),
        ({"content": b"<html>", "content_type": "text/html; charset=utf-8"}, UnexpectedResponse),
        ({"content": b"?", "status": 418}, UnexpectedResponse),
    ],
)
def test_what_is_no_file_is_not_kept(
    asked_by: Asked, answer: Any, error: type[QuantConnectError], tmp_path: Path
) -> None:
    """The old file stays, nothing new is left, and the link is in no message: whoever has it has the file."""
    to = tmp_path / "a.zip"
    to.write_bytes(b"old")
    with pytest.raises(error) as caught:
        asked_by(Script(BOUGHT, *[file(**answer) for _ in range(3)]), lambda c: c.data.download("a.zip", to))
    assert to.read_bytes() == b"old"
    assert [child.name for child in tmp_path.iterdir()] == ["a.zip"]
    assert "hidden" not in f"{caught.value} {caught.value!r}"
    assert caught.value.endpoint == "data/read"


@both
def test_a_file_that_breaks_off_is_fetched_again_and_not_bought_again(asked_by: Asked, tmp_path: Path) -> None:
    """Every link costs credit; the bytes do not."""
    short = file(CONTENT[:1000], content_length=str(len(CONTENT)))
    script = Script(BOUGHT, short, httpx.ReadTimeout("late"), file())
    asked_by(script, lambda c: c.data.download("a.zip", tmp_path / "a.zip"))
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert [request.url.host for request in script.requests] == ["www.quantconnect.com", *["files.example"] * 3]


@both
def test_a_file_that_never_comes_whole_is_an_error(asked_by: Asked, tmp_path: Path) -> None:
    """Half a data set is worse than none."""
    script = Script(*[file(CONTENT[:1000], content_length=str(len(CONTENT))) for _ in range(3)])
    with pytest.raises(ConnectionLost):
        asked_by(script, lambda c: c.data.download_link(LINK, tmp_path / "a.zip"))
    assert list(tmp_path.iterdir()) == []


@both
def test_a_server_with_troubles_is_asked_again(asked_by: Asked, tmp_path: Path) -> None:
    """As for any request that may be repeated."""
    with pytest.raises(ServerError):
        asked_by(Script(*[file(b"", 503) for _ in range(3)]), lambda c: c.data.download_link(LINK, tmp_path / "a.zip"))
    asked_by(Script(file(b"", 503), file()), lambda c: c.data.download_link(LINK, tmp_path / "a.zip"))
    assert (tmp_path / "a.zip").read_bytes() == CONTENT


@both
@pytest.mark.parametrize("link", ["ftp://files.example/a", "no link", "https://files.example:port/a", ""])
def test_a_link_that_is_none_is_an_error_of_this_library(asked_by: Asked, link: str, tmp_path: Path) -> None:
    """Links come from the server."""
    with pytest.raises(QuantConnectError):
        asked_by(Script(), lambda c: c.data.download_link(link, tmp_path / "a.zip"))
    assert list(tmp_path.iterdir()) == []


@both
def test_a_folder_that_does_not_exist_is_told_by_the_system(asked_by: Asked, tmp_path: Path) -> None:
    """The disk is the caller's."""
    with pytest.raises(FileNotFoundError):
        asked_by(Script(file()), lambda c: c.data.download_link(LINK, tmp_path / "none" / "a.zip"))


@both
def test_progress_may_stop_a_download(asked_by: Asked, tmp_path: Path) -> None:
    """By an exception of its own, which comes out as it is; nothing is left."""

    def stop(so_far: int, _: int | None) -> None:
        raise KeyboardInterrupt(so_far)

    with pytest.raises(KeyboardInterrupt):
        asked_by(Script(file()), lambda c: c.data.download_link(LINK, tmp_path / "a.zip", progress=stop))
    assert list(tmp_path.iterdir()) == []


@both
def test_a_file_of_unknown_size_is_taken_as_it_comes(asked_by: Asked, tmp_path: Path) -> None:
    """Not every server tells the size; progress says so."""
    told: list[int | None] = []
    answer = httpx.Response(200, stream=Pieces([b"ab", b"cd"]))
    to = tmp_path / "a.zip"
    asked_by(Script(answer), lambda c: c.data.download_link(LINK, to, progress=lambda _, total: told.append(total)))
    assert to.read_bytes() == b"abcd"
    assert set(told) == {None}


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body without a length, for both clients."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Any:
        return iter(self._pieces)

    async def __aiter__(self) -> Any:
        for piece in self._pieces:
            yield piece


@both
@pytest.mark.parametrize("on_disk", [False, True])
def test_an_object_goes_up_as_a_form_with_a_file(asked_by: Asked, on_disk: bool, tmp_path: Path) -> None:
    """Two texts and a file under the documented names; from memory or from a file."""
    source = tmp_path / "state.bin"
    source.write_bytes(b"\0\xff--boundary\r\n")
    script = Script(OK)
    asked_by(script, lambda c: c.objects.set("models/state.bin", source if on_disk else source.read_bytes()))
    (request,) = script.requests
    assert request.url.path == "/api/v2/object/set"
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert request.headers["authorization"].startswith("Basic ")
    parts = request.content.split(b"--" + request.headers["content-type"].partition("boundary=")[2].encode())
    named = {
        part.partition(b'name="')[2].partition(b'"')[0]: part.partition(b"\r\n\r\n")[2][:-2] for part in parts[1:-1]
    }
    assert named == {b"organizationId": b"org", b"key": b"models/state.bin", b"objectData": source.read_bytes()}


@both
def test_an_upload_is_repeated_from_its_beginning(asked_by: Asked, tmp_path: Path) -> None:
    """The file is opened for every attempt."""
    source = tmp_path / "state.bin"
    source.write_bytes(CONTENT)
    script = Script(httpx.Response(502), OK)
    asked_by(script, lambda c: c.objects.set("k", source))
    sizes = {hashlib.sha256(request.content.replace(boundary(request), b"")).hexdigest() for request in script.requests}
    assert len(script.requests) == 2
    assert len(sizes) == 1


def boundary(request: httpx.Request) -> bytes:
    """Chosen anew for every request."""
    return request.headers["content-type"].partition("boundary=")[2].encode()


@both
def test_an_upload_needs_an_organization_and_an_upload_may_be_refused(asked_by: Asked) -> None:
    """As any other request."""
    with pytest.raises(MissingCredentials):
        asked_by(Script(), lambda c: c.objects.set("k", b"x"), None)
    with pytest.raises(QuantConnectError, match="licensing"):
        asked_by(Script(refused("data licensing restrictions")), lambda c: c.objects.set("k", b"x"))


@both
def test_where_a_broker_wants_the_login_is_told_and_not_followed(asked_by: Asked) -> None:
    """The user's browser goes there, our signature does not."""
    page = "https://broker.example/login?state=1"
    script = Script(httpx.Response(302, headers={"Location": page}))
    assert asked_by(script, lambda c: c.live.authorization.start("alpaca")).location == page
    assert len(script.requests) == 1


@both
def test_data_that_do_not_exist_are_not_found(asked_by: Asked) -> None:
    """The API answers an empty HTTP 500 for that; asking again would change nothing."""
    script = Script(httpx.Response(500))
    with pytest.raises(NotFound):
        asked_by(script, lambda c: c.data.list("nothing/"))
    assert len(script.requests) == 1
    with pytest.raises(ServerError):
        asked_by(Script(*[httpx.Response(500, text="broken") for _ in range(3)]), lambda c: c.data.list("nothing/"))
