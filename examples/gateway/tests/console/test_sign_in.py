"""Signing in where reading needs a token."""

import time

import pytest

from gateway import Gateway
import payload

TOKEN = "a-read-token-of-these-tests"


@pytest.fixture
def closed():
    gateway = Gateway(OASIS_READ_TOKEN=f"another-token-of-these-tests,{TOKEN}")
    yield gateway
    gateway.stop()


def test_a_token_is_traded_for_a_cookie_that_no_script_reads(closed, console):
    page = console(gateway=closed, allowed=["401"]).open(wait=None)
    page.page.wait_for_selector("#token")
    page.check_axe()
    page.shot("sign-in")
    page.page.fill("#token", "not-the-token-of-this-gateway")
    page.page.keyboard.press("Enter")
    page.until(lambda: "not a read token" in page.page.inner_text("main"), "the refusal")
    page.check_axe()
    page.page.fill("#token", TOKEN)
    page.page.keyboard.press("Enter")
    page.badge("LIVE")
    closed.post("push", payload.push())
    page.until(lambda: page.rows() == [1], "the row")
    assert page.page.evaluate("document.cookie") == ""
    [cookie] = page.context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and cookie["path"] == "/"
    assert TOKEN not in cookie["value"]
    assert 11 * 3600 < cookie["expires"] - time.time() <= 12 * 3600

    # It holds over a reload and a restart, and ends when its holder signs out.
    closed.kill()
    closed.start()
    page.page.reload()
    page.badge("LIVE")
    page.page.click("text=Sign out")
    page.page.wait_for_selector("#token")
    assert page.context.cookies() == []
    page.page.reload()
    page.page.wait_for_selector("#token")
    page.complaints = [c for c in page.complaints if "ERR_" not in c]


def test_a_session_that_ends_asks_again(closed, console):
    page = console(gateway=closed, allowed=["401"]).open(wait=None)
    page.page.fill("#token", TOKEN)
    page.page.keyboard.press("Enter")
    page.badge("LIVE")
    page.context.clear_cookies()
    page.page.fill("[name=q]", "x")
    page.page.wait_for_selector("#token")


@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
@pytest.mark.parametrize("width", [1440, 360])
def test_axe_finds_nothing_where_one_signs_in_and_in_the_help(closed, console, dark, width):
    page = console(gateway=closed, allowed=["401"], dark=dark, width=width).open(wait=None)
    page.page.wait_for_selector("#token")
    page.check_axe()
    page.page.fill("#token", "not-the-token-of-this-gateway")
    page.page.keyboard.press("Enter")
    page.until(lambda: "not a read token" in page.page.inner_text("main"), "the refusal")
    page.check_axe()
    page.page.fill("#token", TOKEN)
    page.page.keyboard.press("Enter")
    page.badge("LIVE")
    page.check_axe()
    page.page.locator("body").press("?")
    page.page.wait_for_selector("dialog[open]")
    page.check_axe()
