"""Groups and supergroups: who is in them, what the bot may do there, and their move to a new id.

A group knows nothing of what is said in it; people say it.
"""

from __future__ import annotations

from bot.emulator.chats import ANONYMOUS_ADMIN, Chat, Kind, Message, Standing
from bot.emulator.inbound import announces
from bot.emulator.methods.membership import membership_update
from bot.emulator.people import Person
from bot.emulator.world import World

_FIRST_SUPERGROUP = -1_000_000_000_000
_FIRST_TOPIC = 2


def kind_of(chat_id: int) -> Kind:
    """Tell a basic group from a supergroup by its id, as Telegram numbers them."""
    return "supergroup" if chat_id < _FIRST_SUPERGROUP else "group"


class Group:
    """A chat of several people, with or without the bot."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.chat = chat
        self._world = world

    @property
    def id(self) -> int:
        """The id of the chat."""
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """What the bot wrote here and has not deleted."""
        shown = self.chat.messages.values()
        return [each for each in shown if each.sender == self._world.bot and not each.deleted]

    async def adds_bot(self, *, by: Person, admin: bool = False) -> None:
        """Add the bot, as a member or at once as an administrator."""
        self._stands("administrator" if admin else "member", by)
        announces(self._world, self.chat, by.user, new_chat_members=[self._world.bot.json()])

    async def removes_bot(self, *, by: Person) -> None:
        """Throw the bot out: it is told once and may do nothing here from then on."""
        self._stands("kicked", by)

    async def promotes_bot(self, *, by: Person) -> None:
        """Make the bot an administrator."""
        self._stands("administrator", by)

    async def demotes_bot(self, *, by: Person) -> None:
        """Make the bot a plain member again."""
        self._stands("member", by)

    def _stands(self, standing: Standing, by: Person) -> None:
        before, self.chat.bot = self.chat.bot, standing
        update = membership_update(self._world, self.chat, by.user, before)
        self._world.updates.add("my_chat_member", update)

    async def mutes(self, *, muted: bool = True) -> None:
        """Let only administrators write, or everyone again."""
        self.chat.writable = not muted

    async def joins(self, person: Person, *, admin: bool = False) -> None:
        """Let a person in."""
        self.chat.members[person.id] = "administrator" if admin else "member"
        if self.chat.bot in {"member", "administrator"}:
            announces(self._world, self.chat, person.user, new_chat_members=[person.user.json()])

    async def leaves(self, person: Person) -> None:
        """Let a person go."""
        self.chat.members[person.id] = "left"
        if self.chat.bot in {"member", "administrator"}:
            announces(self._world, self.chat, person.user, left_chat_member=person.user.json())

    async def opens_topic(self, name: str) -> int:
        """Open a topic, which makes the group a forum, and return its thread id."""
        self.chat.is_forum = True
        thread = len(self.chat.topics) + _FIRST_TOPIC
        self.chat.topics[thread] = name
        return thread

    async def migrates_to(self, new_id: int) -> Group:
        """Turn the group into a supergroup with another id, as Telegram does on some changes of settings."""
        old = self.chat
        moved = Chat(
            new_id,
            "supergroup",
            title=old.title,
            bot=old.bot,
            members=dict(old.members),
            writable=old.writable,
        )
        self._world.chats[new_id] = moved
        announces(self._world, old, ANONYMOUS_ADMIN, migrate_to_chat_id=new_id)
        announces(self._world, moved, ANONYMOUS_ADMIN, migrate_from_chat_id=old.id)
        old.moved_to = new_id
        return Group(self._world, moved)
