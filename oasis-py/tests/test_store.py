"""The ledger in memory, in a file and in Postgres, for threads and for event loops."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import oasis
import pytest

KINDS = ["memory", "sqlite", "postgres"]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[oasis.Store]:
    if request.param == "memory":
        opened = oasis.Store.memory()
    elif request.param == "sqlite":
        opened = oasis.Store.sqlite(tmp_path / "oasis.db")
    else:
        opened = oasis.Store.postgres(request.getfixturevalue("postgres").database())
    with opened:
        yield opened


def note(number: int, status: str = "info") -> oasis.Event:
    return oasis.normalize_event({"kind": "note", "status": status, "delivery_id": f"n-{number}"})


def test_what_is_appended_is_there_once(store: oasis.Store) -> None:
    first, duplicate = store.append(note(1))
    assert (first.position, duplicate) == (1, False)
    again = store.append(note(1))
    assert again.duplicate and again.event == first
    assert [one.event.position for one in store.append_all(map(note, range(1, 4)))] == [1, 2, 3]
    assert (store.head(), store.count()) == (3, 3)
    assert store.get(first.id) == first
    assert store.get("019a2fd6-d600-7707-8707-070707070707") is None


def test_a_query_pages_by_itself(store: oasis.Store) -> None:
    store.append_all(map(note, range(1203)))
    positions = list(range(1, 1204))
    assert [event.position for event in store.query(order="asc")] == positions
    assert [event.position for event in store.query()] == positions[::-1]
    assert [event.position for event in store.query(limit=501)] == positions[:-502:-1]
    assert [event.position for event in store.query(order="asc", after=1200)] == [1201, 1202, 1203]
    assert list(store.query(limit=0)) == []

    async def read() -> list[int | None]:
        return [event.position async for event in store.query(order="asc")]

    assert asyncio.run(read()) == positions


def test_filters_choose_and_odd_ones_are_errors(store: oasis.Store) -> None:
    store.append_all([note(1), note(2, "failure"), note(3, "failure")])
    assert store.count(status="failure") == 2
    assert [event.delivery_id for event in store.query(status="failure", text="N-3")] == ["n-3"]
    assert store.count(vtid="UNSET", kind="note", layer="SYSTEM", source=None) == 3
    soon = datetime.now(timezone.utc) + timedelta(days=1)
    assert (store.count(since=soon), store.count(until=soon)) == (0, 3)
    assert store.count(since="2020-01-01T00:00:00Z") == 3
    for wrong in ({"status": "splendid"}, {"vtid": "x"}, {"since": datetime(2025, 1, 1)}, {"until": 7}):
        with pytest.raises(oasis.PayloadError):
            store.count(**wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="colour"):
        store.count(colour="red")  # type: ignore[call-arg]
    with pytest.raises(oasis.PayloadError):
        store.get("no id")
    with pytest.raises(oasis.PayloadError):
        store.query(order="up")  # type: ignore[arg-type]


def test_asyncio_does_the_same(store: oasis.Store) -> None:
    async def use() -> None:
        appended = await asyncio.gather(*(store.aappend(note(number)) for number in range(50)))
        assert sorted(one.event.position or 0 for one in appended) == list(range(1, 51))
        assert (await store.ahead(), await store.acount(kind="note")) == (50, 50)
        assert await store.aget(appended[7].event.id) == appended[7].event
        assert (await store.aappend_all([note(0)]))[0].duplicate

    asyncio.run(use())


def test_follow_gives_what_is_there_and_what_comes(store: oasis.Store) -> None:
    store.append_all(map(note, range(3)))
    follow = store.follow(after=1)
    assert [next(follow).position for _ in range(2)] == [2, 3]
    writer = threading.Thread(target=lambda: store.append(note(3)))
    writer.start()
    assert (next(follow).position, follow.position) == (4, 4)
    writer.join()

    async def use() -> None:
        live = store.follow(after=store.head())
        # A wait that is given up loses nothing.
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(anext(live), 0.05)
        waiting = asyncio.ensure_future(anext(live))
        await store.aappend(note(4))
        assert (await waiting).position == 5

    asyncio.run(use())


def test_threads_get_dense_positions(store: oasis.Store) -> None:
    def write(start: int) -> None:
        for number in range(start, start + 25):
            store.append(note(number))

    threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 200, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.position for event in store.query(order="asc")] == list(range(1, 201))


def test_a_file_that_can_t_be_says_why(tmp_path: Path) -> None:
    with pytest.raises(oasis.StoreError) as caught:
        oasis.Store.sqlite(tmp_path / "missing" / "oasis.db")
    assert caught.value.kind == "misconfigured"
    assert isinstance(caught.value.__cause__, oasis.OasisError)

    async def opened() -> None:
        async with await oasis.Store.asqlite(tmp_path / "oasis.db") as store:
            assert await store.ahead() == 0
        with pytest.raises(oasis.StoreError, match="closed"):
            store.head()
        with pytest.raises(oasis.StoreError):
            await oasis.Store.apostgres("postgres://nobody@127.0.0.1:1/none")

    asyncio.run(opened())


def test_ctrl_c_ends_a_follow() -> None:
    program = (
        "import oasis, signal\n"
        # What a shell starts in the background ignores Ctrl-C, and what that starts does too.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "follow = oasis.Store.memory().follow()\n"
        "try:\n"
        "    print('waiting', flush=True)\n"
        "    next(follow)\n"
        "except KeyboardInterrupt: print('interrupted', flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "waiting\n"
        run.send_signal(signal.SIGINT)
        assert run.stdout.read() == "interrupted\n"
    assert run.returncode == 0


def test_a_program_ends_while_something_waits() -> None:
    program = (
        "import asyncio, oasis\n"
        "async def main():\n"
        "    waiting = asyncio.ensure_future(anext(oasis.Store.memory().follow()))\n"
        "    await asyncio.sleep(0)\n"
        "asyncio.run(main())\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")


def in_child(store: oasis.Store, path: Path, answers: "multiprocessing.Queue[object]") -> None:
    try:
        store.head()
        answers.put("the parent's store answered")
    except oasis.StoreError as error:
        answers.put(str(error))
    with oasis.Store.sqlite(path) as own:
        answers.put(own.append(note(2)).event.position)


def test_a_forked_child_is_told_and_opens_its_own(tmp_path: Path) -> None:
    path = tmp_path / "oasis.db"
    store = oasis.Store.sqlite(path)
    store.append(note(1))
    context = multiprocessing.get_context("fork")
    answers: "multiprocessing.Queue[object]" = context.Queue()
    child = context.Process(target=in_child, args=(store, path, answers))
    child.start()
    assert "forked" in str(answers.get(timeout=60))
    assert answers.get(timeout=60) == 2
    child.join()
    assert (child.exitcode, store.head(), os.getpid() != child.pid) == (0, 2, True)
