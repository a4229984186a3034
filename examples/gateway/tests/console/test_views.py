"""A task's page, the overview and the agents."""

import re

import pytest

import payload
from gateway import Gateway, moment

BRANCH = f"vt/{payload.TASK}-retry"


def history():
    """Forty events of one task: pushes, a pull request, checks, runs, and two deploys."""
    told = [
        ("push", payload.push(BRANCH, "Retry failed uploads", ago=5400)),
        ("pull_request", payload.pull_request(22, branch=BRANCH, ago=5300)),
    ]
    for n in range(1, 6):
        ago = 5400 - n * 600
        told += [
            ("workflow_run", payload.run(40 + n, "queued", BRANCH, ago=ago)),
            ("workflow_run", payload.run(40 + n, "in_progress", BRANCH, ago=ago - 20)),
            ("check_run", payload.check("lint", "success", BRANCH, ago=ago - 60, took=30)),
            ("check_run", payload.check("test (linux)", "failure" if n < 4 else "success", BRANCH, ago=ago - 240, took=200)),
            ("workflow_run", payload.run(40 + n, "failure" if n < 4 else "success", BRANCH, ago=ago - 250)),
            ("push", payload.push(BRANCH, f"Try {n}", ago=ago - 300)),
        ]
    told += [
        ("pull_request", payload.pull_request(22, "closed", branch=BRANCH, ago=1800, merged=True)),
        ("push", payload.push("main", f"{payload.TASK} Retry failed uploads (#22)", ago=1795)),
        ("deployment_status", payload.deployment("in_progress", "staging", ago=1700, branch=BRANCH)),
        ("deployment_status", payload.deployment("success", "staging", ago=1500, branch=BRANCH)),
        ("deployment_status", payload.deployment("queued", "production", ago=900, branch=BRANCH)),
        ("deployment_status", payload.deployment("in_progress", "production", ago=880, branch=BRANCH)),
        ("deployment_status", payload.deployment("failure", "production", ago=600, branch=BRANCH)),
        ("check_run", payload.check("smoke", "failure", BRANCH, ago=500, took=60)),
    ]
    assert len(told) == 40
    return told


@pytest.fixture
def task(gateway):
    for event, body in history():
        gateway.post(event, body)
    return gateway


def test_a_tasks_page_shows_each_thing_its_state_and_how_long_it_took(task, console):
    page = console().open(f"#/task/{payload.TASK}")
    page.until(lambda: "40 events" in page.page.inner_text(".facts"), "40 events")
    assert page.page.inner_text("h1") == payload.TASK
    lanes = {}
    for lane in page.page.locator(".lane:not(.axis)").all():
        name, state, *took = [text.strip() for text in lane.inner_text().split("\n") if text.strip()]
        lanes[name] = (state, *took)
        assert lane.locator("svg.plot use").count() >= 1, name
    assert lanes["#22"] == ("merged", "58 min 20 s")
    assert lanes["CI #41"] == ("failure", "4 min 10 s")
    assert lanes["CI #45"] == ("success", "4 min 10 s")
    assert lanes["test (linux)"][0] == "success"
    assert lanes["staging"] == ("success", "3 min 20 s")
    assert lanes["production"] == ("failure", "5 min 00 s")
    assert lanes["lint"] == ("success", "30 s")
    assert lanes["smoke"] == ("failure", "1 min 00 s")
    assert lanes[BRANCH] == ("pushed", "6 pushes")
    groups = page.page.locator(".timeline h2").all_inner_texts()
    assert groups == ["Pull requests", "Pushes", "Checks", "Runs", "Deploys"]
    found = page.page.inner_text(".facts")
    assert "VTID found in" in found and "branch (" in found and "pr title (2)" in found
    # The rows are underneath, the gateway's own sums agree, and what comes now is drawn at once.
    page.until(lambda: page.rows()[:1] == [40], "the rows")
    short = task.get(f"/api/v1/vtids/{payload.TASK}")
    assert short["events"] == 40 and len(short["runs"]) == 5
    task.post("deployment_status", payload.deployment("success", "production", branch=BRANCH))
    page.until(lambda: "41 events" in page.page.inner_text(".facts"), "41 events")
    page.until(lambda: "production\nsuccess" in re.sub(r"\s+", "\n", page.page.inner_text(".timeline")), "the deploy")
    page.page.locator(".lane .point").last.click()
    page.page.wait_for_selector("[data-drawer]:not([hidden])")


def test_of_an_unknown_task_nothing_is_known(gateway, console):
    page = console().open("#/task/DEV-CICDL-9999")
    page.until(lambda: "Nothing is known of this task" in page.page.inner_text("main"), "the empty state")
    page.check_axe()
    page.shot("task-unknown")


def test_the_overview_has_what_is_broken_first(task, console):
    page = console().open("#/overview")
    page.until(lambda: page.page.locator(".failures li").count() == 2, "two open failures")
    open_failures = page.page.inner_text(".failures")
    assert "production" in open_failures and "smoke" in open_failures
    assert "CI #43" not in open_failures, "a later run made it good"
    assert "40 events" in page.page.inner_text(".overview")
    assert re.search(r"github\.actions\s+\d+ s ago", page.page.inner_text(".sources"))
    assert re.search(r"gcp\.deploy\s+never", page.page.inner_text(".sources"))
    assert page.page.locator(".bars.tall rect").count() > 3
    task.post("deployment_status", payload.deployment("success", "production", branch=BRANCH))
    page.until(lambda: page.page.locator(".failures li").count() == 1, "one open failure")
    page.page.click(".failures .line")
    page.page.wait_for_selector("[data-drawer]:not([hidden])")
    assert "smoke" in page.page.inner_text("[data-drawer]")


def agents():
    return [
        {"agent": "builder-2", "role": "build", "state": "late", "vtid": "DEV-CICDL-0044", "last_seen": moment(70)},
        {"agent": "builder-1", "role": "build", "state": "online", "vtid": payload.TASK, "last_seen": moment(4)},
        {"agent": "<b>reviewer</b>", "role": "review", "state": "offline", "vtid": "UNSET", "last_seen": moment(9000)},
    ]


def beat(agent, ago):
    return {"ts": moment(ago), "meta": {"agent": agent}, "position": 0, "source": "agent.ping"}


def with_agents(page):
    """Answers as a gateway with agents does."""
    page.page.route("**/api/v1/agents", lambda route: route.fulfill(json=agents()))
    beats = [beat("builder-1", ago) for ago in range(0, 80_000, 300)] + [beat("builder-2", ago) for ago in range(100, 30_000, 900)]
    page.page.route("**/events?source=agent.ping*", lambda route: route.fulfill(json=beats))


def test_agents_show_who_is_there_and_on_what(gateway, console):
    page = console()
    with_agents(page)
    page.open("#/agents", wait=None)
    page.until(lambda: page.page.locator("tbody tr").count() == 3, "three agents")
    rows = [re.sub(r"\s+", " ", text) for text in page.page.locator("tbody tr").all_inner_texts()]
    assert rows[0].startswith("builder-1 build online ")
    assert payload.TASK in rows[0]
    assert rows[1].startswith("builder-2 build late 1 min ago DEV-CICDL-0044")
    assert rows[2].startswith("<b>reviewer</b> review offline 2 h ago none")
    assert page.page.locator("tbody tr").first.locator(".bars rect").count() > 100
    page.page.click(f"text={payload.TASK}")
    page.page.wait_for_selector(".task")


def test_an_agent_is_there_from_its_first_heartbeat_on(console):
    gateway = Gateway(OASIS_INGEST_TOKEN="an-ingest-token-of-these-tests")
    page = console(gateway=gateway).open("#/agents")
    page.until(lambda: "No agent has been heard yet" in page.page.inner_text("main"), "the empty state")
    gateway.beat("an-ingest-token-of-these-tests", agent="builder-1", role="build", vtid=payload.TASK, interval_seconds=1)
    page.until(lambda: page.page.locator("tbody tr").count() == 1, "the agent")
    assert "online" in page.page.inner_text("tbody")
    assert page.page.locator("tbody .bars rect").count() == 1
    # It says nothing more, and the ledger tells that it has gone.
    page.until(lambda: "offline" in page.page.inner_text("tbody"), "its silence", 30)
    page.page.click("tbody .vtid")
    page.page.wait_for_selector(".lane .point")
    assert "builder-1" in page.page.inner_text(".timeline")
    page.page.goto("about:blank")
    gateway.stop()


def test_without_agents_the_page_says_so(gateway, console):
    none = console(allowed=["404"])
    none.page.route("**/api/v1/agents", lambda route: route.fulfill(status=404, json={}))
    none.open("#/agents", wait=None)
    none.until(lambda: "keeps no list of agents" in none.page.inner_text("main"), "the reason")
    none.check_axe()
    none.shot("agents-unavailable")
    nobody = console()
    nobody.page.route("**/api/v1/agents", lambda route: route.fulfill(json=[]))
    nobody.open("#/agents", wait=None)
    nobody.until(lambda: "No agent has been heard yet" in nobody.page.inner_text("main"), "the empty state")
    nobody.shot("agents-empty")


@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
@pytest.mark.parametrize("width", [1440, 360])
def test_axe_finds_nothing_in_the_other_views(task, console, dark, width):
    theme = "dark" if dark else "light"
    size = {"width": width, "height": 900 if width > 400 else 740}
    for view, there in (
        (f"task/{payload.TASK}", ".lane .point"),
        ("overview", ".failures li"),
        ("agents", "tbody tr"),
    ):
        page = console(dark=dark, **size)
        with_agents(page)
        page.open(f"#/{view}", wait=None)
        page.page.wait_for_selector(there)
        page.fits()
        page.check_axe()
        page.shot(f"{view.split('/')[0]}-{theme}{'' if width > 400 else '-phone'}")


def test_a_wrong_read_is_said_and_tried_again(gateway, console):
    page = console(allowed=["503"])
    page.page.route("**/api/v1/oasis/events?*", lambda route: route.fulfill(status=503, json={"detail": "the ledger is away"}))
    page.open("#/overview", wait=None)
    page.until(lambda: "the ledger is away" in page.page.inner_text("main"), "the fault")
    page.page.unroute("**/api/v1/oasis/events?*")
    page.page.click("text=Try again")
    page.until(lambda: "still failing" in page.page.inner_text("main"), "the overview")
