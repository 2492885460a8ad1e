"""Chats and who is in them: getChat, members, administrators, leaving."""

from __future__ import annotations

from bot.emulator import access
from bot.emulator.chats import Chat, Json, Standing, User
from bot.emulator.errors import bad_request, forbidden
from bot.emulator.methods.call import Done, Handler
from bot.emulator.parameters import Parameters
from bot.emulator.world import World

_RIGHTS = (
    "can_be_edited",
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "is_anonymous",
)
_HELD = frozenset({"can_manage_chat", "can_delete_messages", "can_pin_messages", "can_invite_users"})


def member_json(user: User, standing: Standing) -> Json:
    """Render a ChatMember of any kind."""
    status = "left" if standing == "stranger" else standing
    shown: Json = {"user": user.json(), "status": status}
    if status == "administrator":
        shown |= {right: right in _HELD for right in _RIGHTS}
    if status == "kicked":
        shown["until_date"] = 0
    return shown


def get_chat(world: World, parameters: Parameters) -> Done:
    """Serve getChat."""
    chat = access.reached(world, parameters)
    if chat.kind == "private" and chat.bot == "stranger":
        raise bad_request("chat not found")
    gifts = {
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    }
    full = chat.json() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(sorted(gifts), False),
    }
    live = [at for at in chat.pinned if not chat.messages[at].deleted]
    if live:
        full["pinned_message"] = world.json(chat.messages[live[-1]])
    return Done(full, chat.id)


def _group(world: World, parameters: Parameters) -> Chat:
    chat = access.reached(world, parameters)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    return chat


def get_chat_member(world: World, parameters: Parameters) -> Done:
    """Serve getChatMember."""
    chat = access.reached(world, parameters)
    user = world.users.get(parameters.integer("user_id"))
    if user is None:
        raise bad_request(
            "user not found" if parameters.integer("user_id") > 0 else "invalid user_id specified"
        )
    if chat.kind == "private":
        return Done(member_json(user, "member"), chat.id)
    standing = chat.bot if user == world.bot else chat.members.get(user.id, "stranger")
    return Done(member_json(user, standing), chat.id)


def get_chat_administrators(world: World, parameters: Parameters) -> Done:
    """Serve getChatAdministrators; other bots are left out, this one is not."""
    chat = _group(world, parameters)
    admins = [world.users[at] for at, standing in chat.members.items() if standing == "administrator"]
    if chat.bot == "administrator":
        admins.append(world.bot)
    return Done([member_json(user, "administrator") for user in admins], chat.id)


def get_chat_member_count(world: World, parameters: Parameters) -> Done:
    """Serve getChatMemberCount."""
    chat = access.reached(world, parameters)
    people = sum(standing in {"member", "administrator"} for standing in chat.members.values())
    return Done(2 if chat.kind == "private" else people + 1, chat.id)


def leave_chat(world: World, parameters: Parameters) -> Done:
    """Serve leaveChat; the bot hears of it as of any change of its membership."""
    chat = access.reached(world, parameters)
    if chat.kind == "private":
        raise forbidden("bot can't leave private chats")
    before, chat.bot = chat.bot, "left"
    world.updates.add("my_chat_member", membership_update(world, chat, world.bot, before))
    return Done(result=True, chat_id=chat.id)


def membership_update(world: World, chat: Chat, by: User, before: Standing) -> Json:
    """Render the change from an earlier standing of the bot to the present one."""
    return {
        "chat": chat.json(),
        "from": by.json(),
        "date": world.now(),
        "old_chat_member": member_json(world.bot, before),
        "new_chat_member": member_json(world.bot, chat.bot),
    }


METHODS: dict[str, Handler] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
}
