"""Telegram and everything that runs: the clock, the database's wiring, the command line."""
