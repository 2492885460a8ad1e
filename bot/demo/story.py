"""The demo's story: what happens, told as it happens, and checked. Every person in it is fictional.

A chapter that does not come true ends the story, says what was missing, and makes the demo exit with 1.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bot.demo import people
from bot.demo.cast import Cast, gather
from bot.demo.narrator import Narrator, Release
from bot.demo.officials import OFFICIALS
from bot.demo.stage import Stage, set_up
from bot.demo.taking_part import take_part
from bot.emulator import ImpossibleError, Message, Person

SECONDS_TO_HEAR = 1.0
SECONDS_TO_NOTICE = 5.0
SECONDS_TO_READ = 3.0


def _is_sheet(message: Message) -> bool:
    """The last message of a draft that is shown, once its buttons are under it."""
    return "Goes to" in message.text and bool(message.buttons)


class UntrueError(Exception):
    """Something that the story promises did not happen."""


async def tell_story(console: Console | None = None, papers: Path | None = None) -> bool:
    """Play the whole story; True when all of it came true.

    What readers get on paper is saved into `papers`; left out, into a new folder that stays.
    """
    narrator = Narrator(console or Console())
    with tempfile.TemporaryDirectory(prefix="urgent-action-demo-") as folder:
        try:
            papers = papers or Path(tempfile.mkdtemp(prefix="urgent-action-demo-papers-"))
            async with asyncio.timeout(120), set_up(Path(folder), targets=OFFICIALS) as stage:
                await _Story(stage, narrator, papers).play()
        except (UntrueError, TimeoutError, ImpossibleError) as error:
            narrator.failed(str(error) or type(error).__name__)
            return False
    narrator.ended()
    return True


class _Story:
    """The chapters, in order."""

    def __init__(self, stage: Stage, narrator: Narrator, papers: Path) -> None:
        self._stage = stage
        self._papers = papers
        self._say = narrator
        self._cast: Cast = gather(stage.emulator)
        self._releases: list[Release] = []

    async def play(self) -> None:
        """All chapters."""
        self._say.title(len(self._stage.lists.rows), self._stage.emulator.base_url)
        await self._people_subscribe()
        await self._list_changes()
        await self._moderator_approves()
        await self._moderator_writes()
        await self._person_returns()
        self._deliveries()

    async def _people_subscribe(self) -> None:
        cast, stage = self._cast, self._stage
        self._say.chapter("People subscribe, each in three taps")
        await stage.subscribe(cast.emma, "en")
        await stage.subscribe(cast.nasrin, "fa", topic="IR/*")
        await stage.subscribe(cast.parviz, "fa", mode="safe")
        await stage.subscribe(cast.greta, "de")
        await stage.subscribe(cast.quiet, "en")
        await cast.quiet.blocks()
        await cast.group.adds_bot(by=cast.host)
        await stage.subscribe(cast.host, "en", topic="IR/*", group=cast.group)
        for moderator in cast.moderators:
            await stage.subscribe(moderator, "en")
        self._say.line(
            "Emma (English, everything), Nasrin (Persian, Iran), Parviz (Persian, safe mode, everything),"
        )
        self._say.line(
            "Greta (German, everything), a group (English, Iran), and Quinn, who subscribed and then"
        )
        self._say.line("blocked the bot.")
        self._say.message("Nasrin", cast.nasrin.messages[-1])

    async def _list_changes(self) -> None:
        cast, lists = self._cast, self._stage.lists
        self._say.chapter("The list changes; the bot notices by itself")
        lists.row("D-01")["status"] = "Solitary"
        lists.rows.append(people.row_of(people.NEWCOMER))
        lists.remove("D-03")
        lists.row("D-09")["status"] = "Transferred"
        expected = {"Arman Sepidkuh", "Kaveh Darvandeh", "Bahram Tizpar", "Transferred"}
        for moderator in cast.moderators:
            seen = await self._hears_all(moderator, expected)
        for message in seen:
            self._say.message("Moderators", message)
        await self._silence_among_readers("before anybody approved")

    async def _moderator_approves(self) -> None:
        cast = self._cast
        self._say.chapter("A moderator looks at each draft and approves it")
        for name in ("Arman Sepidkuh", "Kaveh Darvandeh"):
            await self._approve(cast.mina, name)
        self._say.message("Emma", cast.emma.messages[-1])
        self._say.message("Nasrin", cast.nasrin.messages[-1])
        self._say.message("Parviz (safe mode)", cast.parviz.messages[-1])

    async def _moderator_writes(self) -> None:
        """An alert by hand: its author cannot approve it, the other moderator does."""
        cast, name = self._cast, "Hiwa Bafrin"
        self._say.chapter("A moderator writes an alert by hand, and cannot approve it alone")
        await self._write_alert(cast.mina, name)
        await cast.mina.taps("Hand in for approval")
        await self._hears(cast.mina, "waits for approval by somebody else")
        draft = await self._hears(cast.omid, name, SECONDS_TO_NOTICE)
        number = draft.text.split()[1].rstrip(",")
        await cast.mina.says(f"/approve {number}")
        own = await self._hears(cast.mina, _is_sheet)
        if any("Approve" in label for label in own.labels):
            raise UntrueError("the author was offered to approve her own alert")
        self._say.message("Mina, its author, may not approve it", own)
        await self._silence_among_readers("before the other moderator approved")
        await self._approve(cast.omid, name)
        self._say.message("Group", cast.group.messages[-1])
        await take_part(cast, self._say, self._hears, self._papers)

    async def _write_alert(self, author: Person, name: str) -> None:
        await author.says("/alert")
        await self._hears(author, "Who is it about?")
        await author.says(name)
        await self._hears(author, "Which one?")
        await author.taps(name)
        await self._hears(author, "What has happened?")
        await author.taps("last visit")
        await self._hears(author, "According to whom?")
        await author.says("Lantern Documentation Group")
        await self._hears(author, "How sure")
        await author.taps("one source only")
        for language, words in (
            ("English", "His family was called to the prison for this evening."),
            ("فارسی", "خانواده‌اش را برای امشب به زندان خوانده‌اند."),
        ):
            await self._hears(author, "What should readers know besides?")
            await author.taps(language)
            await self._hears(author, "One or two sentences")
            await author.says(words)
        await self._hears(author, "What should readers know besides?")
        await author.taps("Go on")
        await self._hears(author, "petition")
        await author.says("https://petition.example.org/hiwa")
        await self._hears(author, _is_sheet)

    async def _person_returns(self) -> None:
        cast = self._cast
        self._say.chapter("The person in solitary is returned to the ward")
        first = self._alert_of(cast.nasrin, "آرمان سپیدکوه")
        self._stage.lists.row("D-01")["status"] = "Returned to ward"
        await self._hears(cast.omid, "Arman Sepidkuh", SECONDS_TO_NOTICE)
        await self._approve(cast.omid, "Arman Sepidkuh")
        reply = cast.nasrin.messages[-1]
        if reply.reply_to != first.message_id:
            raise UntrueError("the good news did not come as a reply to the first message")
        self._say.message("Nasrin, as a reply to the first message", reply)
        self._say.message("Emma", cast.emma.messages[-1])

    async def _approve(self, moderator: Person, name: str) -> None:
        await asyncio.sleep(SECONDS_TO_READ)
        card = next(
            m for m in reversed(moderator.messages) if name in m.text and "Look and decide" in m.labels
        )
        await moderator.taps("Look and decide", message=card)
        await self._hears(moderator, lambda message: any("Approve" in label for label in message.labels))
        approved = time.monotonic()
        await moderator.taps(f"Approve: {name}")
        await self._all_hear(name, approved)
        await self._hears(moderator, "is approved and goes out now")

    async def _all_hear(self, name: str, approved: float) -> None:
        """Each of the four who can be reached, within a second, in their own language."""
        cast, within = self._cast, SECONDS_TO_HEAR
        native = next(p[2] for p in (*people.PEOPLE, people.NEWCOMER) if p[1] == name)
        heard = await asyncio.gather(
            self._hears(cast.emma, name, within),
            self._hears(cast.nasrin, native, within),
            self._hears(cast.parviz, native, within),
            self._hears(cast.greta, name, within),
            self._hears(cast.host, name, within, in_group=True),
        )
        self._releases.append(Release(name, approved, heard))

    async def _silence_among_readers(self, when: str) -> None:
        """Nobody but the moderators hears anything."""
        cast = self._cast
        try:
            await asyncio.gather(
                *(reader.hears_nothing(within=0.3) for reader in cast.readers),
                cast.host.hears_nothing(within=0.3, chat=cast.group),
            )
        except ImpossibleError as error:
            raise UntrueError(f"{when}: {error}") from error

    async def _hears(
        self, person: Person, what: object, within: float = SECONDS_TO_NOTICE, *, in_group: bool = False
    ) -> Message:
        assert isinstance(what, str) or callable(what)
        try:
            return await person.hears(what, within=within, chat=self._cast.group if in_group else None)
        except TimeoutError as error:
            raise UntrueError(str(error)) from error

    async def _hears_all(self, person: Person, expected: set[str]) -> list[Message]:
        """One message for each of these words, in whatever order they come."""
        seen: list[Message] = []
        left = set(expected)

        def is_awaited(message: Message) -> bool:
            return any(words in message.text for words in left)

        while left:
            message = await self._hears(person, is_awaited)
            left -= {words for words in left if words in message.text}
            seen.append(message)
        return seen

    def _alert_of(self, person: Person, name: str) -> Message:
        return next(message for message in person.messages if name in message.text)

    def _deliveries(self) -> None:
        """The end: who got what, how fast, and who was left alone."""
        cast = self._cast
        quiet = self._stage.emulator.sent_to(cast.quiet.id)
        if any(release.name in message.text for release in self._releases for message in quiet):
            raise UntrueError("somebody who blocked the bot was written to")
        for message in [message for reader in cast.readers for message in reader.messages]:
            if any(word in message.text for word in ("Transferred", "Tizpar", "تیزپر", "[en]")):
                raise UntrueError(f"a reader was told {message.text!r}")
        self._say.deliveries(
            self._releases,
            ("Emma, en", "Nasrin, fa", "Parviz, fa, safe", "Greta, de", "Group, en", "Quinn, blocked"),
        )
