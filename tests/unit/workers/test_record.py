"""services.json: written and read back, and harmless when damaged."""

from pathlib import Path

import pytest

from workers.embedded.home import Home
from workers.embedded.identity import ProcessIdentity
from workers.embedded.record import DOWN, READY, Record, ServiceRecord


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """`qcjobs down` is another process than `qcjobs up`."""
    home = Home(tmp_path)
    redis = ServiceRecord(ProcessIdentity(12, 3.5), "running", 2, "/logs/redis.log", {"address": "127.0.0.1:6379"})
    record = Record(READY, None, ProcessIdentity(11, 3.25), {"redis": redis})
    record.write(home)
    assert Record.read(home) == record


@pytest.mark.parametrize("text", ["", "{", "[]", '{"services": null}'])
def test_a_damaged_file_reads_as_down(tmp_path: Path, text: str) -> None:
    """Whether something runs is decided by the lock; the file only tells more about it."""
    home = Home(tmp_path)
    home.write_private("services.json", text)
    assert Record.read(home) == Record(DOWN)
