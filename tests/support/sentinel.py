"""A Redis with a replica, and a sentinel that watches both: three real servers on loopback."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final, Self

import redis

from tests.support.eventually import eventually
from workers.embedded.ports import any_free
from workers.embedded.redis_server import find_program

MASTER: Final = "main"
PASSWORD: Final = "password-of-the-servers"
SENTINEL_PASSWORD: Final = "password-of-the-sentinels"


class Watched:
    """`url` is what a client is configured with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ports = (any_free(), any_free())
        self.sentinel = any_free()
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """Without the sentinels' own password."""
        return f"sentinel://:{PASSWORD}@127.0.0.1:{self.sentinel}/{MASTER}/0"

    def master(self) -> int:
        """The port of the server that is the master now."""
        with redis.Redis(port=self.sentinel, password=SENTINEL_PASSWORD) as client:
            _, port = client.sentinel_get_master_addr_by_name(MASTER)
            return int(port)

    def kill(self, port: int) -> None:
        """SIGKILL."""
        process = self._processes.pop(port)
        process.kill()
        process.wait()

    def __enter__(self) -> Self:
        first, second = self.ports
        common = f"bind 127.0.0.1\nrequirepass {PASSWORD}\nmasterauth {PASSWORD}\nappendonly yes\nsave ''\n"
        self._start(first, f"port {first}\n{common}")
        self._start(second, f"port {second}\n{common}replicaof 127.0.0.1 {first}\n")
        eventually(lambda: self._replicates(second), within=30, what="the replica")
        self._start(
            self.sentinel,
            f"port {self.sentinel}\nbind 127.0.0.1\nrequirepass {SENTINEL_PASSWORD}\n"
            f"sentinel monitor {MASTER} 127.0.0.1 {first} 1\nsentinel auth-pass {MASTER} {PASSWORD}\n"
            f"sentinel down-after-milliseconds {MASTER} 1000\nsentinel failover-timeout {MASTER} 5000\n",
            "--sentinel",
        )
        eventually(self._sees_replica, within=60, every=0.2, what="the sentinel to see the replica")
        return self

    def __exit__(self, *_: object) -> None:
        for port in list(self._processes):
            self.kill(port)

    def _start(self, port: int, configuration: str, *arguments: str) -> None:
        folder = self._folder / str(port)
        folder.mkdir()
        (folder / "server.conf").write_text(configuration)
        with (folder / "server.log").open("wb") as log:
            self._processes[port] = subprocess.Popen(
                (str(find_program().path), "server.conf", *arguments), cwd=folder, stdout=log, stderr=subprocess.STDOUT
            )

    def _replicates(self, port: int) -> bool:
        try:
            with redis.Redis(port=port, password=PASSWORD) as client:
                return bool(client.info("replication").get("master_link_status") == "up")
        except redis.RedisError:
            return False

    def _sees_replica(self) -> bool:
        try:
            with redis.Redis(port=self.sentinel, password=SENTINEL_PASSWORD) as client:
                return len(client.sentinel_slaves(MASTER)) == 1
        except redis.RedisError:
            return False
