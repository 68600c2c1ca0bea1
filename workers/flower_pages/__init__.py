"""Two pages of our own in Flower, `/jobs` and `/job/<id>`, and links to them from Flower's.

Flower knows tasks; people know jobs. The pages read the ledger, behind Flower's own login. Every page of Flower gets
one script more (`links.js`): it adds "Jobs" to the navigation, and makes links of job ids wherever Flower shows a task.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

import tornado.template
from flower import urls
from flower.views import BaseHandler
from tornado import web

from orchestrator.errors import JobNotFound
from orchestrator.links import link
from orchestrator.runtime import open_ledger
from orchestrator.settings import load_settings

HERE: Final = Path(__file__).parent
SCRIPT: Final = "/qcjobs/links.js"
NEWEST: Final = 200
"""So many jobs are listed."""


class Templates(tornado.template.Loader):
    """Flower's templates with our script at their end, and ours beside them."""

    def _create_template(self, name: str) -> tornado.template.Template:
        own = HERE / name
        path = own if own.is_file() else Path(self.root) / name
        text = path.read_text("utf-8")
        if name == "base.html":
            script = "<script src=\"{{ ('/' + url_prefix.strip('/')) if url_prefix else '' }}" + SCRIPT + '"></script>'
            text = text.replace("</body>", f"{script}\n  </body>")
        return tornado.template.Template(text, name=name, loader=self)


class JobsView(BaseHandler):  # type: ignore[misc] # Flower has no types
    """The newest jobs."""

    @web.authenticated
    async def get(self) -> None:
        """As the command line lists them."""
        jobs = await asyncio.to_thread(_newest)
        self.render("qcjobs_jobs.html", jobs=jobs, link=link)


class JobView(BaseHandler):  # type: ignore[misc] # as above
    """One job: what it is, where it stands, and every step of it."""

    @web.authenticated
    async def get(self, job_id: str) -> None:
        """By its id, or the beginning of it."""
        try:
            found = await asyncio.to_thread(_job, job_id)
        except JobNotFound as error:
            raise web.HTTPError(404, "%s", error) from error
        self.render("qcjobs_job.html", link=link, **found)


def install() -> None:
    """Into the Flower that is about to start in this process."""
    settings: dict[str, Any] = urls.settings
    settings["template_loader"] = Templates(settings["template_path"])
    ours = [
        urls.url(r"/jobs", JobsView, name="qcjobs_jobs"),
        urls.url(r"/job/(\w+)", JobView, name="qcjobs_job"),
        (r"/qcjobs/(links\.js)", web.StaticFileHandler, {"path": str(HERE)}),
    ]
    urls.handlers[:0] = ours


def _newest() -> list[Any]:
    with open_ledger(load_settings()).reading() as tables:
        return tables.jobs.newest(limit=NEWEST)


def _job(job_id: str) -> dict[str, Any]:
    with open_ledger(load_settings()).reading() as tables:
        job = tables.jobs.get(job_id)
        return {
            "job": job,
            "result": tables.jobs.result(job.id),
            "attempts": tables.jobs.attempts_of(job.id),
            "events": tables.outbox.events_of(job.id),
        }
