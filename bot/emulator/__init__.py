"""A Bot API on loopback, as strict as Telegram's: the demo and the journeys run the real bot against it.

It needs no token from anyone and sends nothing anywhere. The bot itself never imports it.
"""

from bot.emulator.chats import Message, User
from bot.emulator.emulator import Emulator
from bot.emulator.entities import Entity
from bot.emulator.errors import ImpossibleError
from bot.emulator.faults import Effect, Fault
from bot.emulator.groups import Group
from bot.emulator.keyboards import Button, Keyboard
from bot.emulator.limits import Limits
from bot.emulator.people import Person
from bot.emulator.record import Refused, Request
from bot.emulator.world import Toast

__all__ = [
    "Button",
    "Effect",
    "Emulator",
    "Entity",
    "Fault",
    "Group",
    "ImpossibleError",
    "Keyboard",
    "Limits",
    "Message",
    "Person",
    "Refused",
    "Request",
    "Toast",
    "User",
]
