"""The tables of the ledger, as SQLAlchemy sees them. The migrations create them; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


class UtcTime(sa.TypeDecorator[datetime]):
    """A moment, always UTC with zone in Python. SQLite keeps no zone, so it is put back on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Refuse a moment without zone; store the others as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Return UTC with zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json: sa.types.TypeEngine[Any] = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)

Hash = sa.String(64)  # SHA-256, hexadecimal
Id = sa.String(32)
Account = sa.String(300)  # `<user id>@<host>`

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account", Account, primary_key=True),
    sa.Column("proven_fingerprint", sa.String(8)),  # of credentials that were seen to work; no part of them
    sa.Column("refused_fingerprint", sa.String(8)),  # of credentials that were refused
    sa.Column("refused_because", sa.Text),
    sa.Column("nodes", sa.Integer),  # backtest nodes, as last read
    sa.Column("nodes_read_at", UtcTime),
    sa.Column("crowded_slots", sa.Integer),  # so many of our backtests ran when a node was refused; null: none was
    sa.Column("crowded_until", UtcTime),  # until then, no more than that are tried
    sa.Column("crowded_times", sa.Integer),  # refusals in a row
    sa.Column("settling_seconds", sa.Float),  # from a backtest's end to its statistics, by experience
)

bundles = sa.Table(
    "bundles",
    metadata,
    sa.Column("hash", Hash, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),  # zlib of a JSON object name -> text
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("characters", sa.Integer, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("account", Account, primary_key=True),
    sa.Column("key", sa.String(300), primary_key=True),  # `id:<project>` or `name:<name>`
    sa.Column("project_id", sa.BigInteger),
    sa.Column("created_by_us", sa.Boolean, nullable=False, default=False),
    sa.Column("create_intent_at", UtcTime),
)

pushes = sa.Table(
    "pushes",
    metadata,
    sa.Column("account", Account, primary_key=True),
    sa.Column("project_id", sa.BigInteger, primary_key=True),
    sa.Column("bundle", Hash, sa.ForeignKey("bundles.hash"), primary_key=True),
    sa.Column("pushed_at", UtcTime, nullable=False),  # written before the request leaves
)

compiles = sa.Table(
    "compiles",
    metadata,
    sa.Column("account", Account, primary_key=True),
    sa.Column("project_id", sa.BigInteger, primary_key=True),
    sa.Column("bundle", Hash, primary_key=True),
    sa.Column("compile_id", sa.String(100), nullable=False),
    sa.Column("state", sa.String(30), nullable=False),  # QuantConnect's word
    sa.Column("logs", sa.Text),
    sa.Column("lean_version", sa.String(60)),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(400), primary_key=True),
    sa.Column("holder", sa.String(100), nullable=False),
    sa.Column("until", UtcTime, nullable=False),
)

sweeps = sa.Table(
    "sweeps",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account", Account, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("plan", Json, nullable=False),  # as `orchestrator.sweeps.plan_file` reads it
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("most_nodes", sa.Integer),  # backtests at once; null: as many as there are nodes
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("rerun_of", Id),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),  # null while one of its jobs has not ended
    sa.Index("ix_sweeps_open", "account", "ended_at"),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False, server_default="backtest"),
    sa.Column("account", Account, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("details", Json, nullable=False, server_default="{}"),
    sa.Column("bundle", Hash, sa.ForeignKey("bundles.hash")),
    sa.Column("project_key", sa.String(300), nullable=False),
    sa.Column("project_id", sa.BigInteger),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("parameters", Json, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("replace", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("step", sa.String(40)),
    sa.Column("has_slot", sa.Boolean, nullable=False),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("waiting_for", sa.Text),
    sa.Column("not_before", UtcTime),
    sa.Column("lease_until", UtcTime),
    sa.Column("recoveries", sa.Integer, nullable=False),
    sa.Column("failing_since", UtcTime),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("create_intent_at", UtcTime),
    sa.Column("compile_id", sa.String(100)),
    sa.Column("compile_retries", sa.Integer, nullable=False),
    sa.Column("backtest_id", sa.String(100)),
    sa.Column("backtest_created_at", UtcTime),
    sa.Column("deploy_id", sa.String(100)),
    sa.Column("remote_status", sa.String(100)),
    sa.Column("progress", sa.Float),
    sa.Column("looked_at", UtcTime),
    sa.Column("seen_running_at", UtcTime),  # the last look that found its backtest under way
    sa.Column("completed_seen_at", UtcTime),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("error_kind", sa.String(40)),
    sa.Column("error", sa.Text),
    sa.Column("error_detail", sa.Text),
    sa.Column("git_commit", sa.String(64)),
    sa.Column("git_dirty", sa.Boolean),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("started_at", UtcTime),
    sa.Column("ended_at", UtcTime),
    sa.Column("sweep_id", Id, sa.ForeignKey("sweeps.id")),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),  # within the sweep
    sa.Column("labels", Json),  # candidate, note, window, part
    sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("completed_at", UtcTime),  # as nearly as the looks tell
    sa.Column("look_at", UtcTime),  # when the board is to look at the running backtest
    sa.Column("reused_from", Id),  # the job whose result this one took over
    sa.Column("retried_by", Id),  # the job that was begun in place of this one
    sa.Index("ix_jobs_kind", "account", "kind", "state"),
    sa.Index("ix_jobs_running", "account", "state", "look_at"),
    sa.Index("ix_jobs_sweep", "sweep_id", "state"),
    sa.Index("ix_jobs_lease", "state", "lease_until"),
    sa.Index("ix_jobs_backtest", "account", "backtest_id"),
    sa.Index("ix_jobs_bundle", "bundle", "ended_at"),
)

sa.Index(
    "ix_jobs_queue",
    jobs.c.account,
    jobs.c.state,
    jobs.c.kind,
    jobs.c.cancel_requested,
    jobs.c.paused,
    jobs.c.sweep_id,
    jobs.c.priority.desc(),
    jobs.c.created_at,
    jobs.c.position,
    jobs.c.id,
)
"""In the order in which the dispatcher takes the jobs of one sweep: it reads as many rows as it starts."""

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("job_id", Id, sa.ForeignKey("jobs.id"), nullable=False, index=True),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("step", sa.String(40), nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("asked", Json),  # endpoint -> how often
    sa.Column("outcome", sa.String(20), nullable=False),  # advance, wait, requeue, complete, fail, cancel
    sa.Column("note", sa.Text),
)

results = sa.Table(
    "results",
    metadata,
    sa.Column("job_id", Id, sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("statistics", Json, nullable=False),
    sa.Column("runtime_statistics", Json, nullable=False),
    sa.Column("numbers", Json, nullable=False),
    sa.Column("total_performance", Json),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("lean_version", sa.String(60)),
    sa.Column("synthetic", sa.Boolean, nullable=False),
    sa.Column("recorded_at", UtcTime, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("type", sa.String(60), nullable=False),
    sa.Column("account", Account),  # whose handlers hear it; null: written by an older version, heard by anybody's
    sa.Column("job_id", Id, sa.ForeignKey("jobs.id"), index=True),
    sa.Column("run", sa.Integer),
    sa.Column("data", Json, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("announced_at", UtcTime, index=True),  # when its deliveries were written
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("event_id", Id, sa.ForeignKey("events.id"), primary_key=True),
    sa.Column("handler", sa.String(200), primary_key=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", UtcTime, index=True),  # null: delivered, or given up
    sa.Column("sent_at", UtcTime),  # when a message for it was sent last; null: none since it became due
    sa.Column("delivered_at", UtcTime),
    sa.Column("error", sa.Text),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("account", Account, nullable=False),
    sa.Column("action", sa.String(20), nullable=False),  # the kind of the job
    sa.Column("phase", sa.String(20), nullable=False),  # requested, confirmed, failed, cancelled
    sa.Column("job_id", Id, sa.ForeignKey("jobs.id"), nullable=False),
    sa.Column("project_id", sa.BigInteger),
    sa.Column("deploy_id", sa.String(100)),
    sa.Column("who", sa.String(100), nullable=False),  # login name, or the process that did it
    sa.Column("host", sa.String(255), nullable=False),  # from which machine
    sa.Column("what", sa.Text, nullable=False),  # in words: what was asked for, what was confirmed
    sa.Index("ix_audit_job", "job_id"),
    sa.Index("ix_audit_at", "account", "at"),
)
"""Who asked for what trades, and what came of it. Rows are only ever added."""

deployments = sa.Table(
    "deployments",
    metadata,
    sa.Column("account", Account, primary_key=True),
    sa.Column("deploy_id", sa.String(100), primary_key=True),
    sa.Column("project_id", sa.BigInteger, nullable=False),
    sa.Column("status", sa.String(40)),  # QuantConnect's word
    sa.Column("brokerage", sa.String(100)),
    sa.Column("environment", sa.String(40)),  # paper, live
    sa.Column("launched_at", UtcTime),
    sa.Column("stopped_at", UtcTime),
    sa.Column("error", sa.Text),
    sa.Column("equity", sa.Float),  # account currency, as last seen
    sa.Column("highest_equity", sa.Float),
    sa.Column("alarms", Json, nullable=False),  # names of the limits that are exceeded now: each is told once
    sa.Column("first_seen_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),  # when QuantConnect last showed it
    sa.Column("changed_at", UtcTime, nullable=False),  # when anything of it last changed, its equity and holdings too
    sa.Column("holdings_due_at", UtcTime),  # null: it does not run
    sa.Column("holdings_digest", Hash),
    sa.Column("status_kept_at", UtcTime),  # when the latest row of `live_snapshots` was written
    sa.Column("holdings_kept_at", UtcTime),  # … of `holdings_snapshots`
    sa.Index("ix_deployments_due", "account", "holdings_due_at"),
    sa.Index("ix_deployments_project", "account", "project_id"),
)

live_snapshots = sa.Table(
    "live_snapshots",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("account", Account, nullable=False),
    sa.Column("deploy_id", sa.String(100), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("status", sa.String(40)),
    sa.Column("equity", sa.Float),  # account currency
    sa.Index("ix_live_snapshots_of", "account", "deploy_id", "at"),
)
"""A row where something changed, and one from time to time to show that somebody looked."""

holdings_snapshots = sa.Table(
    "holdings_snapshots",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("account", Account, nullable=False),
    sa.Column("deploy_id", sa.String(100), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("holdings", Json, nullable=False),  # by security: quantity, price, value …
    sa.Column("cash", Json, nullable=False),  # by currency: amount, value in account currency
    sa.Index("ix_holdings_snapshots_of", "account", "deploy_id", "at"),
)
"""As `live_snapshots`."""

schedules = sa.Table(
    "schedules",
    metadata,
    sa.Column("account", Account, primary_key=True),
    sa.Column("name", sa.String(100), primary_key=True),  # as in the configuration
    sa.Column("timetable", sa.Text, nullable=False),  # by which `handled_until` counts; another one begins anew
    sa.Column("handled_until", UtcTime, nullable=False),  # occurrences up to here are done with
    sa.Column("last_occurrence", UtcTime),  # the last that was run, or should have been
    sa.Column("last_job_id", Id),  # of it; null: the submission failed
    sa.Column("last_error", sa.Text),  # why
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("changed_by", sa.String(200)),  # who paused or resumed it
    sa.Column("changed_at", UtcTime),
)
