"""The one table of commands: name, handler, who may, and the line that menus and /help show.

A command that is not here does not exist; who is not named may not (safety.md 14).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from alerts.locales import N_
from bot.context import Call, MenuLine
from bot.handlers import (
    act,
    cases,
    chain,
    change,
    desk,
    enrol,
    letter,
    membership,
    moderate,
    pack,
    plain,
    privacy,
    progress,
    report,
    share,
    targets,
    write,
)

Handler = Callable[[Call], Awaitable[None]]


class Who(StrEnum):
    """Who may give a command, and where."""

    READER = "reader"  # anyone in private; in groups their administrators
    CLAIMANT = "claimant"  # anyone in private, once, with the code that init printed
    MODERATOR = "moderator"  # private chat, known by numeric id


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table. `summary` is a message id."""

    name: str
    handler: Handler
    who: Who
    summary: str
    in_groups: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("start", enrol.start, Who.READER, N_("Subscribe to urgent actions"), in_groups=True),
    Command("actions", act.actions, Who.READER, N_("Open urgent actions"), in_groups=True),
    Command("letter", letter.letter, Who.READER, N_("A letter to send: /letter UA-26/014")),
    Command("petition", share.petition, Who.READER, N_("A petition to sign: /petition UA-26/014")),
    Command("pack", pack.pack, Who.READER, N_("This week’s letters as one PDF to print")),
    Command("cases", cases.search, Who.READER, N_("Find a case by name"), in_groups=True),
    Command("case", cases.show, Who.READER, N_("One case and its history: /case 17"), in_groups=True),
    Command("follow", cases.follow, Who.READER, N_("Hear everything about one case: /follow 17")),
    Command("unfollow", cases.unfollow, Who.READER, N_("No longer follow a case: /unfollow 17")),
    Command("topics", enrol.topics, Who.READER, N_("Choose countries"), in_groups=True),
    Command("language", enrol.language, Who.READER, N_("Choose your language"), in_groups=True),
    Command("safety", enrol.safety, Who.READER, N_("Choose how messages look on your phone")),
    Command("plain", plain.plain, Who.READER, N_("Messages for screen readers: on or off")),
    Command("pause", enrol.pause, Who.READER, N_("Silence for some days: /pause 7"), in_groups=True),
    Command("resume", enrol.resume, Who.READER, N_("Hear alerts again"), in_groups=True),
    Command("stop", progress.stop, Who.READER, N_("No more messages"), in_groups=True),
    Command("privacy", privacy.privacy, Who.READER, N_("What is stored about you"), in_groups=True),
    Command("export", privacy.export, Who.READER, N_("A file with all that is stored about you")),
    Command("forget", privacy.forget, Who.READER, N_("Delete all that is stored about you"), in_groups=True),
    Command("help", privacy.show_help, Who.READER, N_("What this bot can do"), in_groups=True),
    Command("claim", membership.claim, Who.CLAIMANT, N_("Become the first administrator: /claim CODE")),
    Command("drafts", desk.drafts, Who.MODERATOR, N_("Drafts that wait for a decision")),
    Command("draft", desk.draft, Who.MODERATOR, N_("One draft with everything about it: /draft 5")),
    Command(
        "progress",
        progress.progress,
        Who.MODERATOR,
        N_("How sending goes; pause or stop it: /progress UA-26/014"),
    ),
    Command("report", report.report, Who.MODERATOR, N_("What came of an action: /report UA-26/014")),
    Command("questions", desk.questions, Who.MODERATOR, N_("What the lists leave open")),
    Command("targets", targets.targets, Who.MODERATOR, N_("Officials to write to, and their addresses")),
    Command("alert", write.alert, Who.MODERATOR, N_("Write an alert by hand")),
    Command(
        "action", chain.action, Who.MODERATOR, N_("How an action stands, and what to do: /action UA-26/014")
    ),
    Command("update", chain.update, Who.MODERATOR, N_("Write an action’s next alert: /update UA-26/014")),
    Command("correct", chain.correct, Who.MODERATOR, N_("Put right what was said: /correct UA-26/014")),
    Command("stop_action", chain.stop_action, Who.MODERATOR, N_("No more letters: /stop_action UA-26/014")),
    Command("edit", change.edit, Who.MODERATOR, N_("Change a draft: /edit 5")),
    Command("submit", moderate.submit, Who.MODERATOR, N_("Hand a draft in for approval: /submit 5")),
    Command("approve", moderate.approve, Who.MODERATOR, N_("Approve a draft: /approve 5")),
    Command("return", moderate.give_back, Who.MODERATOR, N_("Send a draft back: /return 5 why")),
    Command("reject", moderate.reject, Who.MODERATOR, N_("Turn a draft down: /reject 5 why")),
    Command("cancel", write.cancel, Who.MODERATOR, N_("Leave what you were writing")),
)
BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}
MENU: tuple[MenuLine, ...] = tuple(
    MenuLine(command.name, command.summary, command.who is Who.MODERATOR, command.in_groups)
    for command in COMMANDS
    if command.who is not Who.CLAIMANT
)
