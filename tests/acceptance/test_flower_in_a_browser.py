"""Flower as people see it: a login, the story of the jobs, and the way from a task to its job and to the cloud.

With SCREENSHOTS=docs/images the pictures of docs/flower.md are taken on the way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.support.browser import browser, missing
from tests.support.command import QCJOBS
from tests.support.eventually import eventually
from tests.support.house import TOKEN, House, house
from workers.embedded.ports import answers_http, any_free

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")

PASSWORD = "password-of-the-dashboard"
STORY = ["backtest.upload", "backtest.compile", "backtest.poll_compile", "backtest.create", "backtest.poll_results"]


class Dashboard:
    """A house with jobs that have ended, its Flower, and a browser that is logged in."""

    def __init__(self, running: House, driver: Chrome, port: int) -> None:
        self.running = running
        self.driver = driver
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.jobs: list[str] = []
        self._environment = dict(os.environ)  # each test's own knows no services

    def start(self, *options: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._environment.items():
                patch.setenv(name, value)
            self.running.start("flower", (QCJOBS, "flower", "--port", str(self.port), *options))
        eventually(lambda: answers_http(self.port, "/healthcheck"), within=60, what="Flower")

    def log_in(self) -> None:
        self.driver.get(f"http://qcjobs:{PASSWORD}@127.0.0.1:{self.port}/")

    def open(self, path: str) -> None:
        self.driver.get(self.url + path)

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def wait_for(self, css: str, text: str = "") -> WebElement:
        """The first such element with that text, once it is there."""

        def found() -> WebElement | None:
            return next((element for element in self.all(css) if text in element.text), None)

        element = eventually(found, within=30, every=0.1, what=f"{css} with {text!r}")
        assert element is not None
        return element

    def click(self, element: WebElement) -> None:
        """As the page's own script would: Flower fills its tables anew under the pointer."""
        self.driver.execute_script("arguments[0].click()", element)

    def picture(self, name: str) -> None:
        """For the page, when somebody asks for pictures."""
        if folder := os.environ.get("SCREENSHOTS"):
            self.driver.save_screenshot(str(Path(folder).absolute() / f"{name}.png"))


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    folder = tmp_path_factory.mktemp("dashboard")
    with (
        pytest.MonkeyPatch.context() as patch,
        house(folder, patch.setenv) as running,
        browser(folder / "profile") as driver,
    ):
        patch.setenv("QCJOBS_FLOWER_PASSWORD", PASSWORD)
        dashboard = Dashboard(running, driver, any_free())
        dashboard.start()
        running.start_worker()
        running.start_beat()
        broken = running.strategy("broken")
        (broken / "main.py").write_text("class Broken(QCAlgorithm)\n    pass\n")
        good, bad = running.submit("alpha", period=14), running.submit_folder(broken)
        running.wait([good, running.submit("beta", fast=10, slow=50)])
        bad.wait(60)
        dashboard.jobs = [good.id, bad.id]
        dashboard.log_in()
        yield dashboard


def test_without_a_login_nothing_is_seen(dashboard: Dashboard) -> None:
    """Not a page of Flower's, not one of ours, and nothing of what they are made of."""
    for path in ("/", "/tasks", "/jobs", f"/job/{dashboard.jobs[0]}", "/api/tasks", "/tasks/datatable"):
        assert httpx.get(dashboard.url + path).status_code == 401, path


def test_the_tasks_tell_the_story_of_the_jobs(dashboard: Dashboard) -> None:
    """Names that say what is done, arguments that are ids; and no ticks in between."""
    dashboard.open("/tasks")
    dashboard.wait_for("#tasks-table tbody tr", "backtest.poll_results")
    dashboard.picture("flower-tasks")
    dashboard.driver.execute_script("jQuery('#tasks-table').DataTable().page.len(100).draw()")
    dashboard.wait_for("#tasks-table tbody tr", STORY[0])

    names = {cell.text for cell in dashboard.all("#tasks-table tbody td:first-child")}
    assert names >= set(STORY)
    assert not {name for name in names if name.startswith(("jobs.", "control."))}
    assert f"'job_id': '{dashboard.jobs[0]}'" in dashboard.driver.page_source


def test_from_a_task_to_its_job_to_the_cloud_and_back(dashboard: Dashboard) -> None:
    """Three clicks, by links that somebody can see."""
    dashboard.open("/tasks")
    link = dashboard.wait_for("a.qcjobs-job", f"job {dashboard.jobs[0][:8]}")
    dashboard.click(link)

    assert dashboard.wait_for("#qcjobs-state").text == "completed"
    steps = [cell.text for cell in dashboard.all("#qcjobs-steps td:first-child")]
    assert list(dict.fromkeys(steps)) == [name.removeprefix("backtest.") for name in STORY]
    events = [cell.text for cell in dashboard.all("#qcjobs-events td:first-child")]
    assert (events[0], events[-1]) == ("BacktestQueued", "BacktestCompleted")
    dashboard.picture("flower-job")

    cloud = dashboard.wait_for("#qcjobs-cloud").get_attribute("href") or ""
    assert cloud.startswith(dashboard.running.emulator.url)
    assert httpx.get(cloud).is_success

    dashboard.click(dashboard.wait_for("#qcjobs-steps a", "create"))
    assert dashboard.wait_for("main", "backtest.create")
    dashboard.click(dashboard.wait_for("a.qcjobs-job"))
    assert dashboard.wait_for("#qcjobs-state").text == "completed"


def test_the_jobs_are_listed_with_what_became_of_them(dashboard: Dashboard) -> None:
    """Reached from every page of Flower."""
    dashboard.open("/workers")
    dashboard.picture("flower-workers")
    dashboard.click(dashboard.wait_for("ul.app-nav a", "Jobs"))

    dashboard.wait_for("#qcjobs-jobs tbody tr")
    rows = {row.text.split()[0]: row.text for row in dashboard.all("#qcjobs-jobs tbody tr")}
    assert "completed" in rows[dashboard.jobs[0]]
    assert "failed" in rows[dashboard.jobs[1]]
    assert "line 1" in rows[dashboard.jobs[1]].lower() or "build" in rows[dashboard.jobs[1]].lower()
    dashboard.picture("flower-jobs")


def test_a_job_that_nobody_knows_is_a_page_that_says_so(dashboard: Dashboard) -> None:
    """No trace of an error."""
    dashboard.open("/job/ffffffffffffffff")
    assert "There is no job" in dashboard.wait_for("main").text
    assert "Traceback" not in dashboard.driver.page_source


def test_no_page_holds_a_secret_and_no_script_fails(dashboard: Dashboard) -> None:
    """Of what the browser got, and of what it complained about."""
    dashboard.driver.get_log("browser")  # type: ignore[no-untyped-call] # what came before, such as the page without login
    for path in ("/workers", "/tasks", "/broker", "/jobs", f"/job/{dashboard.jobs[0]}", f"/job/{dashboard.jobs[1]}"):
        dashboard.open(path)
        dashboard.wait_for("main")
        for secret in (TOKEN, PASSWORD, dashboard.running.redis.url.split(":")[2].split("@")[0]):
            assert secret not in dashboard.driver.page_source, path
    severe = [entry for entry in dashboard.driver.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call] # Selenium's
    assert severe == []


def test_flower_remembers_the_tasks_over_a_restart(dashboard: Dashboard) -> None:
    """Yesterday's story is still there."""
    flower = dashboard.running.processes["flower"]
    flower.terminate()
    flower.wait(timeout=30)
    dashboard.running.kill("worker")  # nobody can tell it anew
    dashboard.start()

    dashboard.open("/tasks")

    dashboard.wait_for("#tasks-table tbody tr", "backtest.create")


def test_read_only_lets_nobody_stop_a_worker(dashboard: Dashboard) -> None:
    """For those who only look."""
    dashboard.running.processes["flower"].terminate()
    dashboard.running.processes.pop("flower").wait(timeout=30)
    dashboard.start("--read-only")
    answer = httpx.post(f"{dashboard.url}/api/task/revoke/x", auth=("qcjobs", PASSWORD))
    assert answer.status_code == 403
