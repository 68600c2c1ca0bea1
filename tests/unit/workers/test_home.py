"""The folder of the embedded services: private things stay private, whole and stable."""

from pathlib import Path

import pytest

from workers.embedded.home import Home


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_secrets_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    """The password of the broker opens the queue to everyone who can read it."""
    home = Home(tmp_path / "home")
    home.secret("redis-password")
    assert (mode(home.path), mode(home.run), mode(home.run / "redis-password")) == (0o700, 0o700, 0o600)


def test_a_run_folder_that_was_opened_to_others_is_closed_again(tmp_path: Path) -> None:
    """A home restored from a backup may have lost its permissions."""
    (tmp_path / "run").mkdir(mode=0o755)
    assert mode(Home(tmp_path).run) == 0o700


def test_a_secret_stays_the_same_and_differs_between_homes(tmp_path: Path) -> None:
    """Clients that know the password keep working after a restart."""
    first = Home(tmp_path / "a").secret("redis-password")
    assert Home(tmp_path / "a").secret("redis-password") == first
    assert Home(tmp_path / "b").secret("redis-password") != first


def test_a_write_that_fails_leaves_the_former_text_and_no_litter(tmp_path: Path) -> None:
    """Half a services.json would hide processes that run."""
    home = Home(tmp_path)
    home.write_private("note", "before")
    with pytest.raises(UnicodeEncodeError):
        home.write_private("note", "\ud800")
    assert home.read_private("note") == "before"
    assert [path.name for path in home.run.iterdir()] == ["note"]


def test_the_default_home_is_named_by_the_environment(tmp_path: Path) -> None:
    """Two installations on one machine must be able to keep apart."""
    assert Home.default({"QCJOBS_HOME": str(tmp_path)}).path == tmp_path
    assert Home.default({}).path == Path("~/.qcjobs").expanduser()
