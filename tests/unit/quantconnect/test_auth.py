"""Credentials are found or asked for in one sentence; signatures are right; nothing shows the token."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from quantconnect import Credentials, MissingCredentials, QuantConnectAuth
from tests.unit.quantconnect.server import TOKEN, USER_ID


def lean_login(home: Path, content: str) -> Path:
    """Store what `lean login` would store."""
    file = home / ".lean" / "credentials"
    file.parent.mkdir(parents=True)
    file.write_text(content)
    return file


def test_a_request_is_signed_with_the_hash_of_token_and_timestamp() -> None:
    """The documented scheme, worked out once by hand: sha256("secret:1700000000")."""
    headers = QuantConnectAuth(42, "secret", clock=lambda: 1_700_000_000.9).get_headers()
    known = "4b2b48ec35fa38aa3e2be44f48a6af7c20b7fd633e866b7642395224bbc6c721"
    assert headers["Timestamp"] == "1700000000"
    scheme, _, encoded = headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(encoded).decode()) == ("Basic", f"42:{known}")


def test_a_corrected_clock_signs_by_the_servers_time() -> None:
    """A machine whose clock is off can still log in."""
    auth = QuantConnectAuth(42, "secret", clock=lambda: 1_000.0)
    auth.correct(5_000)
    assert auth.get_headers()["Timestamp"] == "5000"


def test_nothing_that_holds_the_token_shows_it() -> None:
    """Objects end up in logs."""
    credentials = Credentials(USER_ID, TOKEN, "org")
    auth = QuantConnectAuth(USER_ID, TOKEN)
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    for text in (repr(credentials), str(credentials), repr(auth), str(auth), auth.fingerprint):
        assert TOKEN not in text
        assert digest not in text


def test_a_fingerprint_tells_logins_apart() -> None:
    """Two processes can compare credentials without showing them."""
    one = QuantConnectAuth(1, "a").fingerprint
    assert one == QuantConnectAuth(1, "a").fingerprint
    assert len({one, QuantConnectAuth(2, "a").fingerprint, QuantConnectAuth(1, "b").fingerprint}) == 3
    assert len(one) == 8
    int(one, 16)


def test_arguments_win_over_the_environment(tmp_path: Path) -> None:
    """What is said last, nearest to the call, counts."""
    env = {"QC_USER_ID": "1", "QC_API_TOKEN": "env", "QC_ORGANIZATION_ID": "org"}
    assert Credentials.find(2, "given", env=env, home=tmp_path) == Credentials(2, "given", "org")
    assert Credentials.find(env=env, home=tmp_path) == Credentials(1, "env", "org")


def test_variables_may_have_other_names_and_may_name_files(tmp_path: Path) -> None:
    """Secrets mounted as files, and two accounts on one machine."""
    (tmp_path / "token").write_text("from-file\n")
    env = {"ME": "7", "MY_TOKEN_FILE": str(tmp_path / "token")}
    found = Credentials.find(env=env, home=tmp_path, user_id_env="ME", api_token_env="MY_TOKEN")
    assert found == Credentials(7, "from-file", None)


def test_the_login_of_the_lean_cli_is_found(tmp_path: Path) -> None:
    """Whoever used `lean login` has nothing left to configure."""
    lean_login(tmp_path, json.dumps({"user-id": "7", "api-token": "lean"}))
    assert Credentials.find(env={}, home=tmp_path) == Credentials(7, "lean", None)


def test_nothing_configured_is_one_sentence_that_says_what_to_set(tmp_path: Path) -> None:
    """The first thing a new user meets."""
    with pytest.raises(MissingCredentials, match="set QC_USER_ID and QC_API_TOKEN, or run `lean login`"):
        Credentials.find(env={"QC_USER_ID": " "}, home=tmp_path)


@pytest.mark.parametrize(
    ("env", "missing"),
    [({"QC_USER_ID": "1"}, "set QC_API_TOKEN"), ({"QC_API_TOKEN": "t"}, "set QC_USER_ID")],
)
def test_half_a_login_is_never_completed_from_elsewhere(tmp_path: Path, env: dict[str, str], missing: str) -> None:
    """One user's id with another's token would count as a failed login, and those lock accounts."""
    lean_login(tmp_path, json.dumps({"user-id": "7", "api-token": "lean"}))
    with pytest.raises(MissingCredentials, match=missing):
        Credentials.find(env=env, home=tmp_path)


@pytest.mark.parametrize("content", ["{hidden-token", '["hidden-token"]', '{"api-token": "hidden-token"}', "null", ""])
def test_a_broken_credentials_file_is_named_but_not_quoted(tmp_path: Path, content: str) -> None:
    """It may hold a token."""
    file = lean_login(tmp_path, content)
    with pytest.raises(MissingCredentials) as caught:
        Credentials.find(env={}, home=tmp_path)
    assert str(file) in str(caught.value)
    assert "hidden-token" not in str(caught.value)
    assert caught.value.__context__ is None or "hidden-token" not in repr(caught.value.__context__)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00hidden", b""])
def test_an_unusable_secret_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    """Missing, binary or empty: which file, and which setting named it."""
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(MissingCredentials, match=r"QC_API_TOKEN_FILE names .*token"):
        Credentials.find(1, env={"QC_API_TOKEN_FILE": str(file)}, home=tmp_path)


def test_a_user_id_that_is_no_number_is_refused_without_showing_it(tmp_path: Path) -> None:
    """Somebody may have swapped the two variables."""
    with pytest.raises(MissingCredentials, match="whole number: correct QC_USER_ID") as caught:
        Credentials.find(env={"QC_USER_ID": TOKEN, "QC_API_TOKEN": "1"}, home=tmp_path)
    assert TOKEN not in str(caught.value)
