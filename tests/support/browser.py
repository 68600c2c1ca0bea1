"""A real browser without a screen: Chromium, as Debian packages it, driven by Selenium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")

_QUIET: Final = (
    "--headless=new",
    "--no-sandbox",  # containers and CI run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def missing() -> str | None:
    """What is not there, and how to get it; None: a browser is there."""
    if any(map(shutil.which, BROWSERS)) and shutil.which("chromedriver"):
        return None
    return "no Chromium with its driver: `make browser` (Debian), or install chromium and chromedriver"


@contextmanager
def browser(profile: Path, width: int = 1360, height: int = 860) -> Iterator[webdriver.Chrome]:
    """A browser with an empty profile; it ends with the block."""
    options = Options()
    options.binary_location = next(path for name in BROWSERS if (path := shutil.which(name)))
    for argument in (*_QUIET, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(60)
    try:
        yield driver
    finally:
        driver.quit()
