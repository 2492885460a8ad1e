"""The main job without a token: fictional people only, on a Telegram of our own on loopback."""
