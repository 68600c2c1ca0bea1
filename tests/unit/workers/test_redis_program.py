"""Which Redis server is used on this machine."""

from pathlib import Path

import pytest

from workers.embedded.errors import NoRedisServer
from workers.embedded.redis_server import ServerProgram, bundled_program, find_program, version_of


def program(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_a_server_of_the_machine_comes_before_the_bundled_one(tmp_path: Path) -> None:
    """Who installed one looks after its updates."""
    own = program(tmp_path, "redis-server", "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64")
    bundled = program(tmp_path, "valkey-server", "Valkey server v=9.1.2 sha=00000000:1 malloc=libc bits=64")
    path = {"redis-server": str(own)}
    assert find_program(path.get, lambda: bundled) == ServerProgram(own, (7, 0))
    assert find_program(lambda _: None, lambda: bundled) == ServerProgram(bundled, (9, 1))


def test_a_server_too_old_for_celery_is_passed_over(tmp_path: Path) -> None:
    """An old one would start, and fail later in ways that nobody understands."""
    old = program(tmp_path, "redis-server", "Redis server v=6.0.16 sha=00000000:0")
    good = program(tmp_path, "valkey-server", "Valkey server v=8.0.1 sha=00000000:0")
    path = {"redis-server": str(old), "valkey-server": str(good)}
    assert find_program(path.get, lambda: None).path == good


def test_without_a_usable_server_the_message_says_what_to_do(tmp_path: Path) -> None:
    """A new user must not have to guess."""
    old = program(tmp_path, "redis-server", "Redis server v=5.0.7 sha=00000000:0")
    with pytest.raises(NoRedisServer, match=r"install redis-server .* or set QCJOBS_REDIS_URL.*\(5\.0\)"):
        find_program({"redis-server": str(old)}.get, lambda: None)


@pytest.mark.parametrize("says", ["", "something else", "v=x.y"])
def test_a_program_that_tells_no_version_has_none(tmp_path: Path, says: str) -> None:
    """A wrapper script of the same name is not trusted with the queue."""
    assert version_of(program(tmp_path, "redis-server", says)) is None


def test_the_bundled_server_works_on_this_machine() -> None:
    """It is what "nothing installed but Python" rests on."""
    found = bundled_program()
    assert found is not None
    assert version_of(found) == (9, 1)
