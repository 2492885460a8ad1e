"""A new official, or another value for one, as a moderator writes it: read, shown, and proposed by a button.

Nothing is in use before another moderator has agreed. A new one is sent as a block of TOML, exactly as the
configuration has it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from alerts import tend
from alerts.errors import ConfigError
from alerts.locales import N_, Catalogue
from alerts.moderators import Moderator, actor_of, all_moderators
from alerts.render.message import Button, Message
from alerts.render.target import FIELDS, label_of, render_proposal
from alerts.store import targets as store
from alerts.target import Kept, TargetEntry, fingerprint, may_propose
from bot.context import Call
from bot.handlers import conversation
from bot.handlers.change import EMPTY
from bot.handlers.targets import UNKNOWN, WORDS
from bot.mistakes import explained
from bot.tell import button_for, tell_all

MATTER: Final = "target"
"""The conversation's name."""
_BLOCK: Final = "block"
_PREVIEW: Final = "preview"
_ENTRY: Final = "entry"
_LIMIT: Final = 4000
_ONE_A_LINE: Final = frozenset({"postal", "provinces", "prisons"})
_ONE_A_WORD: Final = frozenset({"emails", "sources", "languages", "reader_countries"})
_BY_LANGUAGE: Final = frozenset({"title", "salutations"})
_IN_A_LANGUAGE: Final = re.compile(r"([a-z]{2,3}):\s*(.+)")
_CURLED: Final = str.maketrans("“”„‘’", '"""\'\'')
"""Quotation marks that a telephone's keyboard makes of straight ones."""
_EXAMPLE: Final = """\
[[targets]]
key = "xx-judiciary"
country = "XX"
kind = "head_of_judiciary"
postal = ["1 Example Square", "Example City"]
emails = ["office@example.org"]
languages = ["en"]
sources = ["https://example.org/contact"]"""


class _Block(BaseModel):
    """What a moderator sends: one entry as the configuration has it."""

    model_config = ConfigDict(extra="forbid")
    targets: tuple[TargetEntry, ...]


async def on_add(call: Call) -> None:
    """The tap on "Add an official": the next message is the block."""
    await conversation.begin(call, MATTER, _BLOCK, {})
    await call.say(
        N_(
            "Send the official as in the configuration; config.example.toml explains every key. Name the office, and"
            " sources that anybody can open. /cancel leaves. For example:\n\n%(example)s"
        ),
        example=call.catalogue.identifier(_EXAMPLE),
    )


async def on_change(call: Call, target_id: int) -> None:
    """The tap on "Change": which field?"""
    rows = tuple(
        (Button(call.catalogue.t(label), call.binding.bind("t-f", target_id, field)),)
        for field, label in FIELDS.items()
    )
    words = N_("What should change? What is in use stays so until somebody else has agreed.")
    await call.reply(call.plain(words, keyboard=rows))


async def on_field(call: Call, target_id: int, field: str) -> None:
    """The tap on a field: the next message is the new value."""
    await conversation.begin(call, MATTER, field, {"target": target_id})
    if field in _BY_LANGUAGE:
        await call.say(
            N_(
                "Write it anew, one language a line, for example “en: Your Excellency,”; a title may be one line for"
                " all languages. A single - leaves it empty, /cancel as it is."
            )
        )
    elif field in _ONE_A_LINE | _ONE_A_WORD:
        await call.say(
            N_("Write all of them anew, one a line. A single - leaves it empty, /cancel as it is.")
        )
    else:
        await call.say(N_("Write it anew, or a single - to leave it empty. /cancel leaves it as it is."))


async def on_words(call: Call, step: str, answers: dict[str, Any]) -> None:
    """What a moderator types: the block, or a field's new value; shown before it is proposed."""
    if step == _PREVIEW:
        await call.say(N_("Please tap one of the buttons above, or /cancel."))
        return
    if not call.words.strip():
        await call.say(N_("Please write it as a text, or /cancel."))
        return
    try:
        entry = read_block(call.words) if step == _BLOCK else await _changed(call, answers["target"], step)
    except ConfigError as error:
        await call.reply(call.written(call.catalogue.original(str(error))))
        return
    if entry is None:
        await conversation.end(call)
        await call.say(UNKNOWN)
    else:
        await _preview(call, entry)


async def _changed(call: Call, target_id: int, field: str) -> TargetEntry | None:
    """The entry with the field as typed, upon one's own proposal if one waits; ConfigError when it is not sound."""
    async with call.services.sessions() as session:
        kept = await store.by_id(session, target_id)
    if kept is None:
        return None
    mine = kept.proposed_by == actor_of(call.services.sealer, call.user)
    return with_field(kept.proposal if kept.proposal and mine else kept.shown, field, call.words)


async def _preview(call: Call, entry: TargetEntry) -> None:
    """What it would change, and the button that proposes exactly this."""
    async with call.services.sessions() as session:
        kept = await store.by_key(session, entry.key)
    if refusal := may_propose(kept, entry, actor_of(call.services.sealer, call.user)):
        await conversation.end(call)
        await call.say(WORDS[refusal])
        return
    await conversation.begin(call, MATTER, _PREVIEW, {_ENTRY: entry.to_json()})
    label, shown = call.catalogue.t("Propose"), fingerprint(entry)
    await call.offer(
        render_proposal(call.catalogue, kept.value if kept else None, entry),
        lambda binding: ((Button(label, binding.bind("t-propose", shown)),),),
    )


async def on_propose(call: Call, shown: str) -> None:
    """The tap on "Propose": of what was shown, and nothing that was written since."""
    standing = await conversation.current(call)
    stored = standing.answers.get(_ENTRY) if standing and standing.matter == MATTER else None
    entry = TargetEntry.from_json(stored) if stored else None
    if entry is None or fingerprint(entry) != shown:
        await call.say(N_("That button is too old. /targets shows what is kept."))
        return
    await conversation.end(call)
    actor = actor_of(call.services.sealer, call.user)
    result = await tend.propose(call.services.sessions, entry, actor=actor, now=call.now)
    if not isinstance(result, Kept):
        await call.say(WORDS[result])
        return
    await call.say(N_("Proposed. It is in use as soon as somebody else has checked it and agreed."))
    await _tell_others(call, result)


async def _tell_others(call: Call, kept: Kept) -> None:
    """Everybody who may agree; the list shows it too, for whoever cannot be reached."""
    services = call.services
    everyone = await all_moderators(services.sessions, services.settings.moderation)

    def compose(moderator: Moderator, catalogue: Catalogue) -> Message:
        text = catalogue.t(
            "%(name)s: a proposal waits for somebody who checks it.", name=label_of(catalogue, kept.shown)
        )
        look = button_for(services, moderator, catalogue.t("Look and decide"), "t-look", kept.id)
        return Message(text, keyboard=((look,),), silent=True)

    await tell_all(call.bot, services, [one for one in everyone if one.chat != call.user], compose)


def read_block(text: str) -> TargetEntry:
    """The one entry of a block of TOML, with or without its [[targets]] line; ConfigError says what is wrong where."""
    straight = text[:_LIMIT].translate(_CURLED)
    try:
        plain = tomllib.loads(straight)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not TOML: {error}") from error
    if "targets" not in plain:
        plain = {"targets": [plain]}
    try:
        found = _Block.model_validate(plain).targets
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise ConfigError(explained(Path("text"), straight, plain, _Block, details)) from None
    if len(found) != 1:
        raise ConfigError("targets: send one official at a time")
    return found[0]


def with_field(entry: TargetEntry, field: str, written: str) -> TargetEntry:
    """The entry with one field as a moderator typed it; ConfigError says what is wrong with it."""
    plain = entry.to_json()
    plain.pop(field, None)
    if written.strip() != EMPTY:
        plain[field] = _value(field, written.strip())
    try:
        return TargetEntry.from_json(plain)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise ConfigError("\n".join(str(one["msg"]).removeprefix("Value error, ") for one in wrong)) from None


def _value(field: str, written: str) -> Any:
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    if field in _ONE_A_LINE:
        return lines
    if field in _ONE_A_WORD:
        return re.split(r"[\s,;]+", written)
    if field in _BY_LANGUAGE:
        texts = _by_language(lines)
        if field == "salutations" and isinstance(texts, str):
            raise ConfigError("a line begins with its language and a colon, such as en: Your Excellency,")
        return texts
    return True if field == "example" else written


def _by_language(lines: list[str]) -> dict[str, str] | str:
    """Texts by language, or one text, which only a title may be."""
    found = [_IN_A_LANGUAGE.fullmatch(line) for line in lines]
    pairs = [(match[1], match[2]) for match in found if match]
    return dict(pairs) if len(pairs) == len(lines) else "\n".join(lines)


TAPS: Final[dict[str, Callable[[Call, list[str]], Awaitable[None]]]] = {
    "t-add": lambda call, _: on_add(call),
    "t-change": lambda call, parts: on_change(call, int(parts[0])),
    "t-f": lambda call, parts: on_field(call, int(parts[0]), parts[1]),
    "t-propose": lambda call, parts: on_propose(call, parts[0]),
}
"""The verbs of these buttons."""
