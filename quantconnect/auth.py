"""Who we are: finding the credentials, and signing a request with them.

A signature is `Basic base64(user id:hash)` with hash = sha256("token:timestamp"), and the same timestamp as a header.
It stays valid for 7200 s, so every request is signed anew. The token itself is never sent, and never shown here.
Source: QuantConnect API reference, "Authentication"; LEAN CLI for the credentials file.
"""

import base64
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from quantconnect.errors import MissingCredentials

USER_ID_ENV = "QC_USER_ID"
API_TOKEN_ENV = "QC_API_TOKEN"  # noqa: S105 — the name of a variable, not its value
ORGANIZATION_ID_ENV = "QC_ORGANIZATION_ID"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user, the user's token, and the organization to work in."""

    user_id: int
    api_token: str = field(repr=False)
    organization_id: str | None = None

    @classmethod
    def find(
        cls,
        user_id: int | str | None = None,
        api_token: str | None = None,
        organization_id: str | None = None,
        *,
        env: Mapping[str, str] | None = None,
        home: Path | None = None,
        user_id_env: str = USER_ID_ENV,
        api_token_env: str = API_TOKEN_ENV,
        organization_id_env: str = ORGANIZATION_ID_ENV,
    ) -> Self:
        """Take what is given, then the environment, then what the LEAN CLI stored in `~/.lean/credentials`.

        Each variable may instead be given as `…_FILE`, naming a file that holds the value. User id and token come
        from the arguments and the environment together or from the LEAN CLI together: half a login is an error,
        because a token of another user would be counted as a failed login. `env` and `home` stand in for the
        environment and the home directory of the process.

        Raises:
            MissingCredentials: Nothing or only half was found, or a file cannot be used. Names what to set.
        """
        env = os.environ if env is None else env
        user = _text(user_id) or _variable(env, user_id_env)
        token = _text(api_token) or _variable(env, api_token_env)
        organization = _text(organization_id) or _variable(env, organization_id_env)
        if user and not token:
            raise MissingCredentials(f"The QuantConnect API token is missing: set {api_token_env}.")
        if token and not user:
            raise MissingCredentials(f"The QuantConnect user id is missing: set {user_id_env}.")
        origin = user_id_env
        if not user:
            file = _lean_file(home)
            if file is None or not file.exists():
                raise MissingCredentials(
                    f"No QuantConnect credentials found: set {user_id_env} and {api_token_env}, or run `lean login`."
                )
            user, token = _lean_login(file)
            origin = str(file)
        try:
            number = int(user)
        except ValueError:
            raise MissingCredentials(f"The QuantConnect user id must be a whole number: correct {origin}.") from None
        return cls(number, token, organization or None)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _variable(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    file = env.get(f"{name}_FILE", "").strip()
    if value or not file:
        return value
    value = _read(Path(file), f"{name}_FILE names").strip()
    if not value:
        raise MissingCredentials(f"{name}_FILE names {file}, which is empty: write the value into it.")
    return value


def _read(file: Path, why: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text file"
    raise MissingCredentials(f"{why} {file}, which cannot be read ({reason}): correct the file or the setting.")


def _lean_file(home: Path | None) -> Path | None:
    try:
        return (home or Path.home()) / ".lean" / "credentials"
    except RuntimeError:  # a user without a home directory
        return None


def _lean_login(file: Path) -> tuple[str, str]:
    """User id and token as `lean login` stores them: JSON with `user-id` and `api-token`."""
    text = _read(file, "The LEAN CLI keeps its login in")
    stored: Any = None
    try:
        stored = json.loads(text)
    except ValueError:
        stored = None
    user, token = (
        (_text(stored.get("user-id")), _text(stored.get("api-token"))) if isinstance(stored, dict) else ("", "")
    )
    if not (user and token):
        raise MissingCredentials(f"{file} holds no LEAN CLI login: run `lean login`, or remove the file.")
    return user, token


class QuantConnectAuth:
    """Signs requests. One object per account and process; safe to use from several threads."""

    def __init__(self, user_id: int, api_token: str, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives unix seconds."""
        self.user_id = user_id
        self._api_token = api_token
        self._clock = clock
        self._offset = 0.0

    def get_headers(self) -> dict[str, str]:
        """`Authorization` and `Timestamp` for one request made now."""
        timestamp = str(int(self._clock() + self._offset))
        digest = hashlib.sha256(f"{self._api_token}:{timestamp}".encode()).hexdigest()
        basic = base64.b64encode(f"{self.user_id}:{digest}".encode()).decode()
        return {"Authorization": f"Basic {basic}", "Timestamp": timestamp}

    def correct(self, server_time: float) -> None:
        """From now on, sign by the server's clock, which shows `server_time` (unix seconds) at this moment."""
        self._offset = server_time - self._clock()

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits by which two processes see that they use the same login, without showing it."""
        login = f"{self.user_id}:{self._api_token}".encode()
        return hashlib.blake2b(login, digest_size=4, key=b"quantconnect login").hexdigest()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(user_id={self.user_id}, fingerprint={self.fingerprint!r})"
