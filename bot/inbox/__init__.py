"""What Telegram tells the bot: stored before it is acknowledged, handled once, in each person's order."""

from bot.inbox.inbox import App, Inbox
from bot.inbox.polling import poll
from bot.inbox.receiving import receive

__all__ = ["App", "Inbox", "poll", "receive"]
