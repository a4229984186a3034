"""Paths, cuts, and a stream that arrives in any pieces."""

import payload
from prefix import Prefix


def test_below_a_path_everything_is_found(gateway, console):
    gateway.demo()
    host = Prefix(gateway)
    page = console()
    page.page.goto(f"{host.url}/console#/live")
    page.badge("LIVE")
    page.until(lambda: len(page.rows()) >= 15, "rows")
    receipt = gateway.post("push", payload.push())
    page.until(lambda: page.rows()[0] == receipt["position"], "the new row")
    page.page.click("text=Overview")
    page.page.wait_for_selector(".bars.tall")
    page.page.goto(f"{host.url}/console/#/task/{payload.TASK}")
    page.page.wait_for_selector(".lane .point")
    assert page.page.url.startswith(f"{host.url}/console#")
    page.page.goto("about:blank")
    host.stop()


def test_a_cut_network_shows_and_nothing_is_missed(gateway, console):
    page = console(allowed=["ERR_"]).open()
    gateway.post("push", payload.push("before"))
    page.until(lambda: page.rows() == [1], "the row")
    page.context.set_offline(True)
    page.badge("OFFLINE")
    gateway.post_all([("push", payload.push(f"meanwhile-{n}")) for n in range(30)])
    assert page.rows() == [1]
    page.shot("live-offline")
    page.context.set_offline(False)
    page.badge("LIVE")
    page.until(lambda: page.rows()[:31] == list(range(31, 0, -1)), "all rows, each once")
    page.until(lambda: "30 events caught up, nothing was missed" in page.page.inner_text("[data-note]"), "the note")


def test_a_frame_is_whole_wherever_the_stream_is_cut(gateway, console):
    page = console().open()
    text = (
        'retry: 2000\ndata: {"type":"connected"}\n\n: a comment\n\n'
        'id: 7\r\ndata: {"title":"ü"}\r\n\r\nid: 8\ndata: one\ndata:two\n\ndata: cut off'
    )
    wanted = [
        {"id": None, "data": '{"type":"connected"}', "retry": 2000},
        {"id": "7", "data": '{"title":"ü"}', "retry": None},
        {"id": "8", "data": "one\ntwo", "retry": None},
    ]
    found = page.page.evaluate(
        """async (text) => {
            const { Frames } = await import('/console/frames.js');
            const cuts = [...text].map((_, at) => {
                const frames = new Frames();
                return [...frames.push(text.slice(0, at)), ...frames.push(text.slice(at))];
            });
            const frames = new Frames();
            return [...cuts, [...text].flatMap((letter) => frames.push(letter))];
        }""",
        text,
    )
    assert len(found) > 100
    assert all(messages == wanted for messages in found)
