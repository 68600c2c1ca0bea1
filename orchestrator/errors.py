"""What can go wrong on the job side. The text of each error is written for the person who reads it.

QcjobsError
├── WrongUse              the caller asked for something that cannot be done as asked: exit status 2
│   ├── BadSource         the folder or one of its files cannot be a source
│   ├── BadParameter      a parameter is no scalar
│   ├── BadPlan           the plan of a sweep cannot be understood, or has no points or too many
│   ├── BadSettings       a configuration file or an environment variable is wrong
│   ├── LedgerOutdated    the shared ledger has to be upgraded first
│   ├── BadArchive        a file is no export of a ledger, or there is no room for it
│   ├── NotReady          a worker would lose or double work if it started
│   └── JobNotFound · SweepNotFound
├── Unavailable           a service that is needed does not answer: exit status 3
│   ├── LedgerUnavailable · RedisUnavailable
│   └── CredentialsRefused  QuantConnect refused them once; nothing is sent until they change
├── NotFinished           `wait` ran out of its time; the job goes on
└── StaleRun              a newer run of the job exists; this one must stay silent
"""

from __future__ import annotations

import inspect


class QcjobsError(Exception):
    """Something on the job side went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.getdoc(type(self)))


class WrongUse(QcjobsError):
    """This cannot be done as asked."""


class BadSource(WrongUse):
    """The source cannot be used."""


class BadParameter(WrongUse):
    """A parameter must be a text, a number or true/false."""


class BadPlan(WrongUse):
    """The plan of the sweep cannot be used."""


class BadSettings(WrongUse):
    """The configuration is wrong."""


class LedgerOutdated(WrongUse):
    """The ledger is of an older qcjobs: run `qcjobs migrate` once."""


class BadArchive(WrongUse):
    """This is no export of a ledger."""


class NotReady(WrongUse):
    """Something does not fit together: see `qcjobs doctor`."""


class JobNotFound(WrongUse):
    """No job has this id. `qcjobs jobs` lists them."""


class SweepNotFound(WrongUse):
    """No sweep has this id. `qcjobs sweeps` lists them."""


class Unavailable(QcjobsError):
    """A service does not answer."""


class LedgerUnavailable(Unavailable):
    """The ledger's database does not answer."""


class RedisUnavailable(Unavailable):
    """Redis does not answer. Start the services with `qcjobs up`, or set QCJOBS_REDIS_URL."""


class CredentialsRefused(Unavailable):
    """QuantConnect refused the credentials; nothing more is sent until they change."""


class NotFinished(QcjobsError):
    """The job has not ended yet; it goes on in the background."""


class StaleRun(QcjobsError):
    """A newer run of this job exists."""
