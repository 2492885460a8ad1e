"""How the bot gets its updates and files: webhooks (kept, not called), getFile, close, logOut."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.emulator.errors import bad_request
from bot.emulator.files import LARGEST_DOWNLOAD
from bot.emulator.methods.call import Done, Handler
from bot.emulator.parameters import Parameters
from bot.emulator.world import World

_PORTS = frozenset({80, 88, 443, 8443})
_LONGEST_SECRET = 256
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_DEFAULT_POOL = 40


def allow(world: World, parameters: Parameters) -> None:
    """Read `allowed_updates`, which stays in force until it is given again."""
    wanted = parameters.structure("allowed_updates", "allowed updates")
    if isinstance(wanted, list):
        world.updates.allow([str(kind) for kind in wanted])


def set_webhook(world: World, parameters: Parameters) -> Done:
    """Serve setWebhook; an empty URL removes it."""
    url, secret = parameters.text("url").strip(), parameters.text("secret_token")
    if len(secret) > _LONGEST_SECRET:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if url:
        _check_webhook(url)
    world.updates.webhook = url
    allow(world, parameters)
    if parameters.flag("drop_pending_updates"):
        world.updates.drop()
    # A poll that waits is ended by the webhook.
    world.updates.bell.ring()
    return Done(result=True)


def _check_webhook(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def delete_webhook(world: World, parameters: Parameters) -> Done:
    """Serve deleteWebhook, also when there is none."""
    world.updates.webhook = ""
    if parameters.flag("drop_pending_updates"):
        world.updates.drop()
    return Done(result=True)


def get_webhook_info(world: World, parameters: Parameters) -> Done:  # noqa: ARG001 - one shape for all methods
    """Serve getWebhookInfo."""
    shown = {
        "url": world.updates.webhook,
        "has_custom_certificate": False,
        "pending_update_count": world.updates.pending,
    }
    if world.updates.webhook:
        shown["max_connections"] = _DEFAULT_POOL
    if world.updates.allowed:
        shown["allowed_updates"] = world.updates.allowed
    return Done(shown)


def get_file(world: World, parameters: Parameters) -> Done:
    """Serve getFile; the path can be downloaded."""
    if not parameters.text("file_id"):
        raise bad_request("file_id not specified")
    stored = world.files.by_id(parameters.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    shown = {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.content),
        "file_path": stored.path,
    }
    return Done(shown)


def done(world: World, parameters: Parameters) -> Done:  # noqa: ARG001 - one shape for all methods
    """Serve close and logOut, which have nothing to do here."""
    return Done(result=True)


METHODS: dict[str, Handler] = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getFile": get_file,
    "close": done,
    "logOut": done,
}
