"""Checks and rewrites links of buttons and of text the way Telegram's servers do.

It follows the rules of the Bot API server for `http`, `https`, `tg` and `ton` links. No link is ever opened.
"""

from __future__ import annotations

import re

_SCHEME = re.compile(r"([^:/?#@\[\]]*)://")
_INTERNAL = re.compile(r"(tg|ton|tonsite):(?://)?", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w.!$,~*'();&+=-]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])+")
_LARGEST_PORT = 65535


class BadLinkError(ValueError):
    """A link that Telegram does not take; the message is Telegram's."""


def checked(link: str, *, https_only: bool = False) -> str:
    """Return the link as Telegram stores it.

    Raises:
        BadLinkError: with Telegram's sentence, such as "URL 'ftp://…' is invalid: Unsupported URL protocol".
    """
    try:
        return _checked(link, https_only=https_only)
    except BadLinkError as error:
        raise BadLinkError(f"URL '{link}' is invalid: {error}") from error


def _checked(link: str, *, https_only: bool) -> str:
    # Telegram turns mailto: into http://mailto:…, a button that leads nowhere, without a word.
    # Refusing it is the one place where this module is stricter: no test should pass on such a button.
    if link.lower().startswith("mailto:"):
        raise BadLinkError("Unsupported URL protocol")
    internal = _INTERNAL.match(link)
    if internal and https_only:
        raise BadLinkError("Only HTTPS links are allowed")
    if internal:
        return _internal(internal[1].lower(), link[internal.end() :])
    scheme = _SCHEME.match(link)
    protocol = scheme[1].lower() if scheme else "http"
    if protocol not in {"http", "https"}:
        raise BadLinkError("Unsupported URL protocol")
    rest = link[scheme.end() :] if scheme else link
    authority, path = _split(rest)
    host = _host(authority)
    if https_only and protocol != "https":
        raise BadLinkError("Only HTTPS links are allowed")
    if "." not in host and not host.startswith("["):
        raise BadLinkError("Wrong HTTP URL")
    return f"{protocol}://{authority.lower()}{path}"


def _split(rest: str) -> tuple[str, str]:
    end = next((at for at, char in enumerate(rest) if char in "/?#"), len(rest))
    path = rest[end:].rstrip()
    if not path.startswith("/"):
        path = "/" + path
    return rest[:end], "".join(f"%{ord(char):02X}" if char <= " " else char for char in path)


def _host(authority: str) -> str:
    host = authority.rpartition("@")[2]
    if not host.endswith("]") and ":" in host:
        host, _, port = host.rpartition(":")
        if not (port.isascii() and port.isdigit() and 0 < int(port) <= _LARGEST_PORT):
            raise BadLinkError("Wrong port number specified in the URL")
    if not host:
        raise BadLinkError("URL host is empty")
    if host == ".":
        raise BadLinkError("Host is invalid")
    if not host.startswith("[") and not _HOST.fullmatch(host):
        raise BadLinkError("Disallowed character in URL host")
    return host


def _internal(scheme: str, rest: str) -> str:
    host, path = _split(rest)
    if not host:
        raise BadLinkError("URL host is empty")
    if any(char in host for char in ":@["):
        raise BadLinkError(f"Wrong {'tg' if scheme == 'tg' else 'ton'} URL")
    if not re.fullmatch(r"[\w.-]+" if scheme == "tonsite" else r"[\w-]+", host, re.ASCII):
        raise BadLinkError("Unallowed characters in URL host")
    return f"{scheme}://{host.lower()}{path[1:] if path.startswith('/?') else path}"
