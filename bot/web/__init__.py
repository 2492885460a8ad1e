"""What the bot serves over HTTP: Telegram's calls, and its own health. Loopback, unless the configuration says more."""
