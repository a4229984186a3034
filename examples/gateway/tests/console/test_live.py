"""The list: what comes appears, stays where it is, and nothing is missed or doubled."""

import time

import payload


def test_a_signed_delivery_appears_in_under_a_second(gateway, console):
    page = console().open()
    page.until(lambda: "The ledger is empty" in page.page.inner_text("main"), "the empty state")
    page.shot("live-empty")
    start = time.monotonic()
    receipt = gateway.post("push", payload.push())
    page.until(lambda: page.rows() == [receipt["position"]], "the row", 5)
    took = time.monotonic() - start
    print(f"\nfrom the post to the row: {took * 1000:.0f} ms")
    assert took < 1.0


def test_a_restart_changes_the_badge_and_loses_and_doubles_nothing(gateway, console):
    page = console(allowed=["ERR_"]).open()
    gateway.post_all([("push", payload.push(f"before-{n}")) for n in range(5)])
    page.until(lambda: len(page.rows()) == 5, "5 rows")
    gateway.kill()
    page.badge("RECONNECTING")
    page.shot("live-reconnecting")
    gateway.start()
    gateway.post_all([("push", payload.push(f"after-{n}")) for n in range(5)])
    page.badge("LIVE")
    page.until(lambda: page.rows() == list(range(10, 0, -1)), "10 rows, each once")
    page.until(lambda: "nothing was missed" in page.page.inner_text("[data-note]"), "the note")
    page.shot("live-resumed")
    gateway.kill()
    page.badge("OFFLINE", 30)
    gateway.start()
    page.badge("LIVE", 30)
    assert page.rows() == list(range(10, 0, -1))


def test_new_rows_do_not_move_what_is_read(gateway, console):
    gateway.post_all([("push", payload.push(f"old-{n}")) for n in range(150)])
    page = console().open()
    page.until(lambda: len(page.rows()) > 20, "rows")
    grid = page.page.locator(".grid")
    grid.evaluate("(grid) => { grid.scrollTop = 1600; }")
    page.until(lambda: 100 in page.rows(), "row 100")
    top = page.page.locator("#row-100").bounding_box()["y"]
    gateway.post_all([("push", payload.push(f"new-{n}")) for n in range(12)])
    page.until(lambda: page.page.inner_text(".chip") == "12 new", "the chip")
    assert page.page.locator("#row-100").bounding_box()["y"] == top
    page.shot("live-chip")
    page.page.click(".chip")
    page.until(lambda: page.rows()[:1] == [162], "the newest row")
    assert page.page.locator(".chip").is_hidden()


def test_history_is_read_by_scrolling_and_only_what_is_seen_is_in_the_page(gateway, console):
    total = 4000
    gateway.post_all([("push", payload.push(f"b-{n}")) for n in range(total)])
    page = console().open()
    page.until(lambda: len(page.rows()) > 20, "rows")
    grid = page.page.locator(".grid")
    most = 0
    def oldest():
        nonlocal most
        grid.evaluate("(grid) => { grid.scrollTop = grid.scrollHeight; }")
        most = max(most, len(page.rows()))
        return 1 in page.rows()
    page.until(oldest, "the first event", 60)
    assert most < 80, "rows outside the view leave the page"
    # What was let go on the way is read again, and is the same.
    grid.evaluate("(grid) => { grid.scrollTop = 32 * 1500; }")
    page.until(lambda: total - 1500 in page.rows(), "the row in the middle")
    assert page.page.locator(f"#row-{total - 1500}").is_visible()


def test_filters_come_from_a_shared_address(gateway, console):
    gateway.demo()
    gateway.post_all([("push", payload.push(f"noise-{n}", "Noise")) for n in range(5)])
    wanted = [row["position"] for row in gateway.get("/events?status=failure&vtid=DEV-CICDL-0031")]
    page = console().open("#/live?status=failure&vtid=dev-cicdl-0031")
    page.until(lambda: page.rows() == wanted, "the failures")
    assert page.page.input_value("[name=vtid]") == "DEV-CICDL-0031"
    assert page.page.input_value("[name=status]") == "failure"
    # What is typed stands in the address, and the feed brings only what matches.
    page.page.select_option("[name=status]", "")
    page.page.fill("[name=vtid]", "UNSET")
    page.page.fill("[name=q]", "noise-")
    page.until(lambda: len(page.rows()) == 5, "the noise")
    assert "q=noise-" in page.page.url and "status" not in page.page.url
    gateway.post("push", payload.push("other"))
    gateway.post("push", payload.push("noise-late"))
    page.until(lambda: len(page.rows()) == 6, "the late noise")
    page.shot("live-filtered")
    # A time range, and a filter that nothing matches.
    page.open("#/live?range=15m&kind=pull_request")
    page.until(lambda: len(page.rows()) == 1, "the merge of minutes ago")
    page.open("#/live?q=nothing-has-this")
    page.until(lambda: "Nothing matches" in page.page.inner_text("main"), "the empty state")
    page.shot("live-nothing")
    page.page.click("text=Clear the filters")
    page.until(lambda: len(page.rows()) > 15, "everything")
    assert page.page.url.endswith("#/live")


def test_an_event_opens_with_every_field_and_its_meta(gateway, console):
    gateway.demo()
    event = gateway.get("/events?kind=pull_request&limit=1")[0]
    page = console().open(f"#/live?event={event['id']}")
    drawer = page.page.locator("[data-drawer]")
    drawer.wait_for()
    text = drawer.inner_text()
    for name in ("id", "delivery_id", "vtid", "layer", "module", "source", "kind", "status", "title", "ref", "link"):
        assert event[name] in text, name
    for name in event["meta"]:
        assert name in text, name
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.page.click("text=Copy JSON")
    page.page.click("text=Copied")
    assert page.page.evaluate("navigator.clipboard.readText().then(JSON.parse)") == event
    page.page.click("text=Copy curl")
    line = page.page.evaluate("navigator.clipboard.readText()")
    assert line == f"curl -sS '{gateway.url}/api/v1/oasis/events/{event['id']}'"
    page.shot("drawer")


def test_an_error_says_so_and_offers_to_try_again(gateway, console):
    page = console(allowed=["400", "ERR_"])
    page.open("#/live?status=nonsense", wait=None)
    page.until(lambda: "could not be read" in page.page.inner_text("main"), "the error")
    assert page.page.locator("text=Try again").is_visible()
    page.shot("live-error")
