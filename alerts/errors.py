"""The tree of errors that a person can mend; each says what is wrong, where, and what to do.

    BotError                    base: shown as one line, exit code 2 on the command line
    |-- ConfigError             a key of the configuration (bot/config.py)
    |-- AlreadyRunningError     another process is at work on this database (bot/leader.py)
    |-- KeyFileError            the sealing key cannot be read (alerts/seal.py)
    |-- ListError               an edition cannot be read whole: it is held (alerts/lists/)
    |   `-- FetchError          the document could not be got at all (alerts/fetch.py)
    |-- CatalogueError          a catalogue of words cannot be read (alerts/locales/)
    `-- LetterError             a letter template is wrong (alerts/letter/)

Refusals of what a moderator or reader asks for are values (alert.Refusal, action.Refusal), not exceptions.
"""

from __future__ import annotations


class BotError(Exception):
    """Something a person can put right. `str()` is the whole explanation."""


class ConfigError(BotError):
    """A key of the configuration is missing, unknown or wrong."""


class AlreadyRunningError(BotError):
    """Another process is at work where there can be one only."""


class KeyFileError(BotError):
    """The sealing key cannot be read, is malformed, or others can read it."""


class ListError(BotError):
    """An edition is refused whole; `reason` is a short code for programs, `str()` the explanation."""

    def __init__(self, reason: str, explanation: str) -> None:
        super().__init__(explanation)
        self.reason = reason


class FetchError(ListError):
    """The document could not be fetched; nothing is known about its content."""


class CatalogueError(BotError):
    """A catalogue is missing or is not valid gettext."""


class LetterError(BotError):
    """A letter template is missing, stale or names an unknown placeholder."""
