"""docker-compose.yml without containers: every service's own command, environment and health check as processes here.

Translated is only what a container engine would provide: paths (each service sees a file system of its own, with its
volumes, tmpfs mounts and secrets in it), host names, ports, and the two programs of foreign images: `redis-server` is
the server that the tests use anyway, `redis-cli` a stand-in that can only ping, and PostgreSQL is the tests' own.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from dockerfile_parse import DockerfileParser

from tests.support.eventually import eventually
from workers.embedded.ports import any_free
from workers.embedded.redis_server import find_program

ROOT: Final = Path(__file__).parent.parent.parent
COMPOSE: Final = ROOT / "docker-compose.yml"
SERVED: Final = {"redis": 6379, "flower": 5555, "emulator": 5612, "metrics": 9100}
"""The ports inside of the containers."""

_ROOTS: Final = re.compile(r"(?<![\w./-])/(tmp|run|var|data|secrets|flower|etc)(?=/|\b)")
_VARIABLE: Final = re.compile(r"\$\$|\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")
_PING: Final = """#!{python}
import os, redis
print("PONG" if redis.Redis(port={port}, password=os.environ["REDISCLI_AUTH"]).ping() else "")
"""


def read_compose(variables: Mapping[str, str]) -> dict[str, Any]:
    """The file as Compose reads it, with its variables filled in.

    Raises:
        KeyError: A variable that must be set is not.
    """

    def fill(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        if name is None:
            return "$"
        if kind == ":?" and not variables.get(name):
            raise KeyError(name)
        return variables.get(name) or (default if kind == ":-" else "")

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        return _VARIABLE.sub(fill, value) if isinstance(value, str) else value

    read: dict[str, Any] = filled(yaml.safe_load(COMPOSE.read_text("utf-8")))
    return read


def image_environment() -> dict[str, str]:
    """What the Dockerfile sets."""
    return dict(DockerfileParser(str(ROOT / "Dockerfile")).envs)


@dataclass
class Composed:
    """One project: its volumes, and the processes of its services."""

    folder: Path
    variables: Mapping[str, str]
    database_url: str  #: the tests' PostgreSQL, over a Unix socket
    postgres_programs: Path
    file: dict[str, Any] = field(init=False)
    ports: dict[str, int] = field(init=False)
    processes: dict[str, list[subprocess.Popen[bytes]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.file = read_compose(self.variables)
        self.ports = {name: any_free() for name in SERVED}
        programs = self.folder / "programs"
        programs.mkdir()
        server = shlex.quote(str(find_program().path))
        port = self.ports["redis"]
        self._program("redis-server", f'#!/bin/sh\nexec {server} "$@" --port {port} --bind 127.0.0.1\n')
        self._program("redis-cli", _PING.format(python=sys.executable, port=port))

    # ── services ────────────────────────────────────────────────────────────────────────────────────────────────────

    def enabled(self) -> list[str]:
        """The services of the chosen profiles, each after those it depends on."""
        profiles = set(self.variables.get("COMPOSE_PROFILES", "").split(","))
        chosen = [
            name
            for name, service in self.file["services"].items()
            if not service.get("profiles") or profiles & set(service["profiles"])
        ]
        ordered: list[str] = []
        while len(ordered) < len(chosen):
            ordered += [
                name
                for name in chosen
                if name not in ordered and all(needed in ordered for needed in self._needs(name))
            ]
        return ordered

    def up(self) -> None:
        """`docker compose up`: start everything in its order, and wait until everything is healthy."""
        for name in self.enabled():
            for needed, condition in self._needs(name).items():
                self._wait_for(needed, condition["condition"])
            for number in range(self.file["services"][name].get("deploy", {}).get("replicas", 1)):
                self._start(name, number)
        for name in self.enabled():
            if "healthcheck" in self.file["services"][name]:
                self._wait_for(name, "service_healthy")

    def exec(self, service: str, *command: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """`docker compose exec SERVICE COMMAND`."""
        argv = [self._translate(service, word) for word in command]
        return subprocess.run(
            argv,
            env=self._environment(service),
            cwd=self._rootfs(service),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def is_healthy(self, name: str) -> bool:
        """Run the service's own health check."""
        kind, *test = self.file["services"][name]["healthcheck"]["test"]
        words = ["sh", "-c", *test] if kind == "CMD-SHELL" else test
        if name in SERVED and words[0] == "qcjobs":
            words += ["--port", str(self.ports[name])]
        return self.exec(name, *words).returncode == 0

    def down(self) -> None:
        """End every process, the last started first."""
        for processes in reversed(self.processes.values()):
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(timeout=40)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.processes.clear()

    def log(self, name: str) -> str:
        """What the service said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def logs(self) -> Iterator[tuple[str, str]]:
        """What every service said."""
        for name in self.enabled():
            if name != "postgres":
                yield name, self.log(name)

    def volume(self, name: str) -> Path:
        """Where a named volume is."""
        path = self.folder / "volumes" / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    # ── what an engine does ─────────────────────────────────────────────────────────────────────────────────────────

    def _start(self, name: str, number: int) -> None:
        if name == "postgres":
            self.processes[name] = []  # it runs already
            return
        words = list(self.file["services"][name]["command"])
        if name in SERVED and words[0] == "qcjobs":
            words += ["--port", str(self.ports[name])]
        if number:  # every replica has a file system of its own
            words = [word.replace("/tmp/", f"/tmp/replica-{number}-") for word in words]
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [self._translate(name, word) for word in words],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=self._environment(name),
                cwd=self._rootfs(name),
            )
        self.processes.setdefault(name, []).append(process)

    def _wait_for(self, name: str, condition: str) -> None:
        if condition == "service_completed_successfully":
            (process,) = self.processes[name]
            assert process.wait(timeout=120) == 0, self.log(name)
            return
        assert condition == "service_healthy", condition

        def healthy() -> bool:
            ended = [process for process in self.processes[name] if process.poll() is not None]
            assert not ended, f"{name} ended: {self.log(name)[-2000:]}"
            return self.is_healthy(name)

        eventually(healthy, within=120, every=0.5, what=f"{name} to be healthy")

    def _needs(self, name: str) -> dict[str, dict[str, str]]:
        needs: dict[str, dict[str, str]] = self.file["services"][name].get("depends_on", {})
        return needs

    def _environment(self, name: str) -> dict[str, str]:
        service = self.file["services"][name]
        ours = image_environment() if "build" in service else {}
        given = {key: str(value) for key, value in {**ours, **service.get("environment", {})}.items()}
        given.pop("PATH", None)
        environment = {key: self._translate(name, value) for key, value in given.items()}
        if "QCJOBS_DATABASE_URL" in environment:
            environment["QCJOBS_DATABASE_URL"] = self.database_url
        programs = (Path(sys.executable).parent, self.folder / "programs", self.postgres_programs)
        socket = re.search(r"host=([^&]+)", self.database_url)
        return environment | {
            "PATH": ":".join([*map(str, programs), os.environ["PATH"]]),
            "HOME": str(self._rootfs(name)),
            "PGHOST": socket[1] if socket else "",
        }

    def _translate(self, service: str, text: str) -> str:
        text = _ROOTS.sub(lambda match: f"{self._rootfs(service)}/{match[1]}", text)
        text = text.replace("0.0.0.0", "127.0.0.1")
        for name, port in SERVED.items():
            text = text.replace(f"{name}:{port}", f"127.0.0.1:{self.ports[name]}")
        return text

    def _rootfs(self, name: str) -> Path:
        """The file system that a service sees: its volumes, its memory, its secrets, and what the image brings."""
        root = self.folder / "rootfs" / name
        if root.exists():
            return root
        service = self.file["services"][name]
        for mount in service.get("tmpfs", []):
            (root / mount.partition(":")[0].lstrip("/")).mkdir(parents=True)
        for mount in service.get("volumes", []):
            source, target, *_ = mount.split(":")
            link = root / target.lstrip("/")
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(self.volume(source))
        for secret in service.get("secrets", []):
            file = root / "run" / "secrets" / secret
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.variables[self.file["secrets"][secret]["environment"]])
        for config in service.get("configs", []):
            link = root / config["target"].lstrip("/")
            link.parent.mkdir(parents=True)
            link.symlink_to(ROOT / self.file["configs"][config["source"]]["file"])
        root.mkdir(parents=True, exist_ok=True)
        return root

    def _program(self, name: str, text: str) -> None:
        path = self.folder / "programs" / name
        path.write_text(text)
        path.chmod(0o755)
