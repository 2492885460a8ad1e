"""One leader, whatever becomes of it: of several on PostgreSQL, and the only process there is on SQLite."""

from __future__ import annotations

import asyncio
import signal
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from alerts.errors import AlreadyRunningError, ConfigError
from bot import leader
from bot.database import open_engine
from bot.leader import Peers, call, only_process
from tests.journeys.steps import wait_until


class Reign:
    """A process's part, without a process: what it hears, and whether it leads. Told to, it ends by itself or fails."""

    def __init__(self, engine: AsyncEngine, *, may_lead: bool = True) -> None:
        self.calls = 0
        self.reigns = 0
        self.is_leading = False
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.peers = Peers(engine, self._hear, self._lead if may_lead else None)

    def _hear(self) -> None:
        self.calls += 1

    async def _lead(self) -> None:
        self.reigns += 1
        self.is_leading = True
        try:
            await asyncio.shield(self.end)
        finally:
            self.is_leading = False
            self.end = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Reign]:
        task = asyncio.create_task(self.peers.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait({task})


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@pytest.fixture
async def engine(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncEngine]:
    monkeypatch.setattr(leader, "_PULSE", 0.1)
    engine = open_engine(empty_url)
    yield engine
    await engine.dispose()


async def break_lines(engine: AsyncEngine, condition: str) -> None:
    """End connections of ours from the other side."""
    async with engine.begin() as connection:
        ours = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'urgent-action-bot line' AND {condition}"
        await connection.execute(text(ours))


_HOLDS_THE_LOCK = "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"


async def test_one_of_three_leads_and_another_takes_over(engine: AsyncEngine):
    async with Reign(engine).running() as first:
        await wait_until(lambda: first.peers.leads)
        async with Reign(engine).running() as second, Reign(engine).running() as third:
            await asyncio.sleep(0.5)
            assert (second.reigns, third.reigns) == (0, 0)
            first.end.set_result(None)  # it ends, and may try again as the others may
            await wait_until(lambda: first.reigns + second.reigns + third.reigns == 2)
            assert [one.is_leading for one in (first, second, third)].count(True) == 1


async def test_whoever_loses_its_connection_stops_leading_at_once(engine: AsyncEngine):
    async with Reign(engine).running() as first:
        await wait_until(lambda: first.is_leading)
        stopped = first.end
        await break_lines(engine, _HOLDS_THE_LOCK)
        await wait_until(lambda: first.end is not stopped, within=2)
        await wait_until(lambda: first.reigns == 2)
        assert first.peers.leads


async def test_a_leader_that_is_cut_off_is_not_believed(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch):
    async with Reign(engine).running() as first:
        await wait_until(lambda: first.peers.leads)
        monkeypatch.setattr(leader, "_TRUST", 0.0)
        assert not first.peers.leads


async def test_only_those_lead_who_may(engine: AsyncEngine):
    async with Reign(engine, may_lead=False).running() as sender:
        await asyncio.sleep(0.5)
        assert (sender.reigns, sender.peers.leads) == (0, False)


async def test_a_call_is_heard_by_all_within_a_moment(engine: AsyncEngine):
    async with (
        Reign(engine).running() as first,
        Reign(engine, may_lead=False).running() as second,
        Reign(engine, may_lead=False).running() as third,
    ):
        await wait_until(lambda: first.peers.leads)
        for number, hearer in enumerate((second, third)):
            while not hearer.calls:  # until its line is up
                await call(engine)
                await asyncio.sleep(0.05)
            assert hearer.calls > 0, number
        before = first.calls, second.calls, third.calls
        await call(engine)
        await wait_until(
            lambda: (first.calls, second.calls, third.calls) == tuple(calls + 1 for calls in before)
        )


async def test_a_line_that_is_lost_is_made_anew(engine: AsyncEngine):
    async with Reign(engine, may_lead=False).running() as sender:
        while not sender.calls:
            await call(engine)
            await asyncio.sleep(0.05)
        await break_lines(engine, "true")
        before = sender.calls
        async with asyncio.timeout(10):
            while sender.calls == before:
                await call(engine)
                await asyncio.sleep(0.05)
        assert sender.calls > before


async def test_leading_that_fails_is_tried_again(engine: AsyncEngine, caplog: pytest.LogCaptureFixture):
    async with Reign(engine).running() as first:
        await wait_until(lambda: first.is_leading)
        first.end.set_exception(RuntimeError("a fault of the test"))
        await wait_until(lambda: first.reigns == 2)
    assert "leading failed; it is tried again" in caplog.text


async def test_what_a_person_must_mend_ends_it(engine: AsyncEngine):
    first = Reign(engine)
    running = asyncio.create_task(first.peers.run())
    await wait_until(lambda: first.is_leading)
    first.end.set_exception(ConfigError("[telegram] token: refused"))
    with pytest.raises(ConfigError, match="token: refused"):
        await running


async def test_stopped_it_waits_for_what_leads(engine: AsyncEngine):
    first, second = Reign(engine), Reign(engine, may_lead=False)
    running = [asyncio.create_task(one.peers.run()) for one in (first, second)]
    await wait_until(lambda: first.is_leading)
    first.peers.stop()
    second.peers.stop()
    await asyncio.wait_for(running[1], 5)
    await asyncio.sleep(0.3)
    assert (running[0].done(), first.peers.leads) == (False, True)
    first.end.set_result(None)
    await asyncio.wait_for(running[0], 5)


async def _leading_process(url: str) -> asyncio.subprocess.Process:
    """A process of its own that leads; says so."""
    script = """
        import asyncio, sys
        from bot import leader
        from bot.database import open_engine
        leader._PULSE, leader._SILENCE_MS = 0.1, 1000
        async def lead():
            print("leads", flush=True)
            try:
                await asyncio.sleep(1000)
            finally:
                print("leads no longer", flush=True)
        asyncio.run(leader.Peers(open_engine(sys.argv[1]), lambda: None, lead).run())
    """
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(script), url, stdout=asyncio.subprocess.PIPE
    )


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        return (await process.stdout.readline()).decode().strip()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_another_takes_over_within_seconds(engine: AsyncEngine, empty_url: str, number: signal.Signals):
    """Killed, the kernel ends its connection; frozen, the database does."""
    process = await _leading_process(empty_url)
    try:
        assert await _line(process) == "leads"
        async with Reign(engine).running() as first:
            await asyncio.sleep(0.3)
            assert first.reigns == 0
            process.send_signal(number)
            await wait_until(lambda: first.peers.leads, within=10)
            if number is signal.SIGSTOP:
                process.send_signal(signal.SIGCONT)
                assert await _line(process) == "leads no longer"
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def url_of(folder: Path, name: str = "test.db") -> str:
    return f"sqlite+aiosqlite:///{folder / name}"


def test_a_second_process_on_sqlite_is_refused(tmp_path: Path):
    with only_process(url_of(tmp_path)):
        with (
            pytest.raises(
                AlreadyRunningError, match=r"another process is running on this database .*test\.db\.lock"
            ),
            only_process(url_of(tmp_path)),
        ):
            pytest.fail("two of them")
        with only_process(url_of(tmp_path, "other.db")):
            pass
    with only_process(url_of(tmp_path)):
        pass


def test_databases_that_cannot_be_shared_or_may_be_are_not_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite+aiosqlite:///:memory:", "postgresql+asyncpg://bot@127.0.0.1/bot"):
        with only_process(url), only_process(url):
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be locked"), only_process(url_of(tmp_path / "absent")):
        pytest.fail("locked")


async def test_the_kernel_frees_it_after_a_kill(tmp_path: Path):
    script = "import sys, time; from bot.leader import only_process\nwith only_process(sys.argv[1]): print('holds', flush=True); time.sleep(1000)"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, url_of(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert await _line(process) == "holds"
        with pytest.raises(AlreadyRunningError), only_process(url_of(tmp_path)):
            pytest.fail("two of them")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    with only_process(url_of(tmp_path)):
        pass
