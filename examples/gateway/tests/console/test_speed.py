"""Figures: printed, and held to generous bounds."""

import gzip
import threading
import time
import urllib.request

import payload


def test_the_page_weighs_little_and_paints_soon(gateway, console):
    gateway.demo()
    # The bare text at the end has no icon of its own.
    page = console(allowed=["favicon.ico"]).open()
    weights = {}
    for url in {url for url in page.requests if "/console" in url and "session" not in url}:
        request = urllib.request.Request(url.split("#")[0], headers={"accept-encoding": "gzip"})
        with urllib.request.urlopen(request) as response:
            assert response.headers["content-encoding"] == "gzip", url
            body = response.read()
            weights[url] = len(body)
            gzip.decompress(body)
    assert sum(weights.values()) < 80_000
    def paint():
        first = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
        page.until(lambda: page.page.evaluate(first) is not None, "the first paint")
        return page.page.evaluate(first)

    paints = []
    for _ in range(3):
        page.page.reload()
        paints.append(paint())
    page.page.goto(f"{gateway.url}/livez")
    bare = paint()
    shown = ", ".join(f"{paint:.0f}" for paint in paints)
    print(f"\n{len(weights)} files, {sum(weights.values()) / 1000:.1f} kB compressed; first paint {shown} ms, {bare:.0f} ms of a bare line of text")
    assert min(paints) < 600


def test_fifty_events_a_second_cost_no_frame_and_no_memory(gateway, console):
    page = console().open()
    seconds, rate = 10, 50
    page.page.evaluate(
        "window.frames_ = []; let last = performance.now();"
        "const tick = (now) => { frames_.push(now - last); last = now; requestAnimationFrame(tick); };"
        "requestAnimationFrame(tick)"
    )
    heap = lambda: page.page.evaluate("gc(), performance.memory.usedJSHeapSize / 1e6")

    def load(count):
        start = time.monotonic()
        for number in range(count):
            time.sleep(max(0, start + number / rate - time.monotonic()))
            gateway.post("push", payload.push(f"b-{number}"))

    samples = []
    for _ in range(2):
        sender = threading.Thread(target=load, args=(seconds * rate // 2,))
        sender.start()
        page.until(lambda: not sender.is_alive(), "the load", 120)
        sender.join()
        samples.append(heap())
    page.until(lambda: seconds * rate in page.rows(), "the last row")
    frames = sorted(page.page.evaluate("frames_"))
    median, late = frames[len(frames) // 2], frames[int(len(frames) * 0.99)]
    print(f"\nframe time {median:.1f} ms at the median, {late:.1f} ms at p99; heap {samples[0]:.1f} then {samples[1]:.1f} MB")
    assert median < 50
    assert samples[1] - samples[0] < 8
    assert len(page.rows()) < 80
