"""Finding ports on the loopback interface, and asking whether something answers there."""

import http.client
import socket
from http import HTTPStatus

from workers.embedded.home import Home

LOOPBACK = "127.0.0.1"


def is_free(port: int, address: str = LOOPBACK) -> bool:
    """Whether a server could listen on this port of an address, by default of the loopback interface, now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections of a former server that are still being closed do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True


def any_free() -> int:
    """A port that was free a moment ago. Between here and the server's start someone else may take it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def keep_port(home: Home, name: str, preferred: int | None = None) -> int:
    """The port of a service: the preferred one, else the one it had last time, else any; remembered for next time."""
    note = f"{name}-port"
    remembered = home.read_private(note)
    candidates = [preferred, int(remembered) if remembered and remembered.isdecimal() else None]
    port = next((port for port in candidates if port is not None and is_free(port)), None) or any_free()
    home.write_private(note, str(port))
    return port


def answers_http(port: int, path: str) -> bool:
    """Whether a server on this port answers this path with 200 within a second."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=1.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
