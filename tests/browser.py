"""A browser with its driver, found by starting them: Chromium, Google Chrome or Firefox.

What is called a browser need not be one: /usr/bin/chromium-browser of Ubuntu is a script that asks
for a snap, and a snap cannot read a page in /tmp. So each is started, and has to show a page.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

CHROMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
FIREFOXES = ("firefox-esr", "firefox")
WIDTH, HEIGHT = 1280, 1000
TITLE = "It starts"

Driver = Any  # selenium's, which need not be there


def start() -> Driver | None:
    """The first that works, to be ended with quit(); None where none does."""
    for driver in _started():
        if _shows_a_page(driver):
            return driver
        driver.quit()
    return None


def _started() -> Iterator[Driver]:
    try:
        from selenium import webdriver
        from selenium.common.exceptions import WebDriverException
        from selenium.webdriver.chrome.service import Service as ChromeService
        from selenium.webdriver.firefox.service import Service as FirefoxService
    except ImportError:
        return
    driver = shutil.which("chromedriver")
    for browser in filter(None, map(shutil.which, CHROMES if driver else ())):
        chrome = webdriver.ChromeOptions()
        chrome.binary_location = browser
        for option in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
            chrome.add_argument(option)
        chrome.add_argument(f"--window-size={WIDTH},{HEIGHT}")
        chrome.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        with suppress(WebDriverException, OSError):
            yield webdriver.Chrome(options=chrome, service=ChromeService(driver))
    driver = shutil.which("geckodriver")
    for browser in filter(None, map(shutil.which, FIREFOXES if driver else ())):
        firefox = webdriver.FirefoxOptions()
        firefox.binary_location = browser
        firefox.add_argument("-headless")
        with suppress(WebDriverException, OSError):
            service = FirefoxService(driver, log_path=os.devnull)
            yield webdriver.Firefox(options=firefox, service=service)


def _shows_a_page(driver: Driver) -> bool:
    from selenium.common.exceptions import WebDriverException

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(f"<!doctype html><title>{TITLE}</title>", encoding="utf-8")
        try:
            driver.set_window_size(WIDTH, HEIGHT)
            driver.get(page.as_uri())
            return bool(driver.title == TITLE)
        except WebDriverException:
            return False


def main() -> int:
    driver = start()
    if driver is None:
        return 1
    print(driver.capabilities["browserName"], driver.capabilities["browserVersion"])
    driver.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
