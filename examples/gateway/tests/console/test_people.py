"""For everybody: by keyboard alone, on a phone, with a screen reader, in both themes."""

import pytest

import payload


def test_the_keyboard_alone_does_everything(gateway, console):
    gateway.demo()
    page = console().open()
    page.until(lambda: len(page.rows()) >= 15, "rows")
    newest = page.rows()[0]
    keys = page.page.keyboard
    selected = lambda: page.page.eval_on_selector_all("[aria-selected=true]", "(rows) => rows.map((row) => row.id)")
    drawer = page.page.locator("[data-drawer]")
    keys.press("j")
    assert selected() == [f"row-{newest}"]
    keys.press("j")
    keys.press("j")
    keys.press("k")
    assert selected() == [f"row-{newest - 1}"]
    assert page.page.get_attribute(".grid", "aria-activedescendant") == f"row-{newest - 1}"
    keys.press("Enter")
    assert f"{newest - 1}" in drawer.inner_text()
    assert page.page.evaluate("document.activeElement.matches('[data-drawer]')")
    keys.press("j")
    page.until(lambda: f"\n{newest - 2}\n" in drawer.inner_text(), "the next event in the drawer")
    keys.press("Escape")
    assert drawer.is_hidden()
    assert page.page.evaluate("document.activeElement.matches('.grid')"), "the focus comes back"
    keys.press("Escape")
    page.until(lambda: selected() == [], "no selection")
    keys.press("/")
    assert page.page.evaluate("document.activeElement.name") == "q"
    keys.type("jk?")
    assert page.page.input_value("[name=q]") == "jk?", "letters are letters where one writes"
    keys.press("Escape")
    keys.press("?")
    assert page.page.locator("dialog").is_visible()
    page.check_axe()
    page.shot("help")
    keys.press("Escape")
    assert page.page.locator("dialog").is_hidden()


@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
def test_axe_finds_nothing_in_the_list_and_the_drawer(gateway, console, dark):
    gateway.demo()
    gateway.post("check_run", payload.check("timed", "action_required"))
    gateway.post("check_run", payload.check("broken", "startup_failure"))
    gateway.post("check_run", payload.check("gone", "cancelled"))
    page = console(dark=dark).open()
    page.until(lambda: len(page.rows()) >= 18, "rows")
    page.check_axe()
    page.shot(f"live-{'dark' if dark else 'light'}")
    page.page.click(".body .row:nth-child(3) .c-event")
    page.page.wait_for_selector("[data-drawer]:not([hidden])")
    page.check_axe()
    page.shot(f"drawer-{'dark' if dark else 'light'}")
    empty = console(dark=dark).open("#/live?q=nothing-has-this")
    empty.until(lambda: "Nothing matches" in empty.page.inner_text("main"), "the empty state")
    empty.check_axe()


def test_a_phone_of_360_px_and_a_screen_of_4k_show_it(gateway, console):
    gateway.demo()
    page = console(width=360, height=740).open()
    page.until(lambda: len(page.rows()) >= 10, "rows")
    page.fits()
    page.check_axe()
    page.shot("phone-live")
    page.page.click(".body .row:nth-child(2) .c-status")
    page.page.wait_for_selector("[data-drawer]:not([hidden])")
    page.fits()
    page.shot("phone-drawer")
    page.page.click("[data-drawer] .close")
    page.page.click(".more summary")
    page.fits()
    large = console(width=3840, height=2160).open()
    large.until(lambda: len(large.rows()) >= 15, "rows")
    large.fits()
    large.shot("4k-live")


def test_a_screen_reader_is_not_talked_to_death(gateway, console):
    page = console().open()
    page.page.evaluate(
        "window.said = []; new MutationObserver(() => said.push(document.querySelector('[data-announce]').textContent))"
        ".observe(document.querySelector('[data-announce]'), { childList: true })"
    )
    gateway.post_all([("push", payload.push(f"b-{n}")) for n in range(100)])
    page.until(lambda: len(page.rows()) > 20, "rows")
    page.page.wait_for_timeout(1000)
    assert len(page.page.evaluate("said")) <= 2


def test_reduced_motion_moves_nothing(gateway, console):
    page = console()
    page.page.emulate_media(reduced_motion="reduce")
    page.open()
    assert page.page.evaluate("document.getAnimations().length") == 0
