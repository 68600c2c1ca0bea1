"""Flower, set up for qcjobs: a login always, memory over restarts, and columns that tell the story of a job.

Used by `workers/flowerconfig.py`, which `qcjobs flower` and `qcjobs up` hand to Flower.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from orchestrator.errors import BadSettings
from orchestrator.settings import load_settings, read_secret
from workers.embedded.home import Home

USER: Final = "qcjobs"
CONFIG: Final = Path(__file__).with_name("flowerconfig.py")
PASSWORD_VARIABLE: Final = "QCJOBS_FLOWER_PASSWORD"  # noqa: S105 (the name of a variable)
SAVE_EVERY: Final = 30_000  # milliseconds
MOST_TASKS: Final = 5_000
"""Flower holds them in memory, 8 kB each, and saves them all every time (0.1 s); what is older, the ledger knows."""
FORGET_WORKERS_AFTER: Final = 24 * 3600  # seconds; every new container is a worker of another name


def options(env: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Flower's options. What `FLOWER_…` variables and the command line say goes before them.

    Raises:
        BadSettings: The password's file cannot be read.
    """
    home = Home(load_settings(env).home)
    ours: dict[str, Any] = {
        "address": "127.0.0.1",
        "persistent": True,
        "db": str(home.flower),
        "state_save_interval": SAVE_EVERY,
        "tasks_columns": "name,state,kwargs,result,received,runtime,worker",
        "max_tasks": MOST_TASKS,
        "purge_offline_workers": FORGET_WORKERS_AFTER,
        "natural_time": False,
    }
    if not any(env.get(name) for name in ("FLOWER_BASIC_AUTH", "FLOWER_AUTH")):
        ours["basic_auth"] = [f"{USER}:{password(env)}"]
    return {name: value for name, value in ours.items() if f"FLOWER_{name.upper()}" not in env}


def password(env: Mapping[str, str] = os.environ) -> str:
    """The login's password: configured, or made once and kept in the home's private folder."""
    configured = read_secret(env, PASSWORD_VARIABLE)
    if configured is not None and len(configured) < 8:
        raise BadSettings(f"{PASSWORD_VARIABLE} is shorter than 8 characters: the dashboard shows every job.")
    return configured or Home(load_settings(env).home).secret("flower-password")
