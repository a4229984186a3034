"""The console in Debian's Chromium, driven for real, over a gateway of each test's own."""

import os
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from gateway import Gateway

SHOTS = Path(os.environ["OASIS_SCREENSHOTS"])


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        # Chromium's own sandbox asks for rights that root in a container doesn't have.
        options = ["--no-sandbox", "--enable-precise-memory-info", "--js-flags=--expose-gc"]
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("OASIS_CHROMIUM", "/usr/bin/chromium"), args=options
        )
        yield browser
        browser.close()


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.stop()


class Console:
    """A page on the console that remembers whatever a browser complains about."""

    def __init__(self, chromium, gateway, width=1440, height=900, dark=True):
        self.gateway = gateway
        self.context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            timezone_id="UTC",
            locale="en-GB",
        )
        self.page = self.context.new_page()
        self.complaints = []
        self.requests = []
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("dialog", self.refuse_dialog)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " (event) => console.error('policy: ' + event.violatedDirective))"
        )

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} {message.location}")

    def refuse_dialog(self, dialog):
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, hash="#/live", wait="LIVE"):
        self.page.goto(f"{self.gateway.url}/console{hash}")
        if wait:
            self.badge(wait)
        return self

    def badge(self, word, timeout=10):
        self.until(lambda: self.page.inner_text("[data-badge] b") == word, f"badge {word}", timeout)

    def rows(self):
        """The positions of the rows in the page, from the top."""
        return self.page.evaluate(
            "[...document.querySelectorAll('.body .row[id]')]"
            ".sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map((row) => Number(row.id.slice(4)))"
        )

    def until(self, holds, what, timeout=10):
        """Waits for the thing itself; gives how long it took, in seconds."""
        start = time.monotonic()
        while not holds():
            assert time.monotonic() - start < timeout, f"{what}: {self.page.inner_text('body')[:600]}"
            self.page.wait_for_timeout(20)
        return time.monotonic() - start

    def shot(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")

    def check_axe(self):
        # Half-faded colours are nobody's contrast.
        self.page.wait_for_timeout(50)
        results = Axe().run(self.page)
        assert results.violations_count == 0, results.generate_report()

    def fits(self):
        """Nothing sticks out at the side."""
        over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{over} px too wide"

    def close(self, allowed=()):
        self.context.close()
        complaints = [c for c in self.complaints if not any(word in c for word in allowed)]
        assert complaints == []
        outside = [url for url in self.requests if not url.startswith(("http://127.0.0.1", "data:"))]
        assert outside == []


@pytest.fixture
def console(chromium, gateway):
    """Makes consoles, and holds each to no complaint when the test is over."""
    made = []

    def make(allowed=(), gateway=gateway, **options):
        made.append((Console(chromium, gateway, **options), allowed))
        return made[-1][0]

    yield make
    for console, allowed in made:
        console.close(allowed)
