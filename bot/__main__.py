"""`python -m bot …`; the same as the installed `urgent-action-bot`."""

from bot.cli import main

if __name__ == "__main__":
    main()
