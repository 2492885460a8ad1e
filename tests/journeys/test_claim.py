from __future__ import annotations

from pathlib import Path

from alerts.moderators import claim_digest, new_claim_code
from bot.demo.stage import set_up
from tests.journeys.desk import after, look
from tests.journeys.steps import TICK, Clock, list_says, wait_until


async def test_one_code_makes_one_administrator(folder: Path, clock: Clock) -> None:
    code = new_claim_code()
    moderation = {"moderators": [], "claim_digest": claim_digest(code)}
    async with set_up(folder, clock=clock, tick=TICK, moderation=moderation) as stage:
        clara = stage.emulator.person(6001, first_name="Clara")
        eve = stage.emulator.person(6002, first_name="Eve")
        await after(eve, eve.says("/drafts"), "I do not know that command")
        await after(eve, eve.says("/claim"), "That code is not valid")
        await after(eve, eve.says(f"/claim {new_claim_code()}"), "That code is not valid")
        await after(eve, eve.forwards(f"/claim {code}"), "forwarded messages change nothing")
        group = stage.emulator.group(-1001000000088, admins=[eve])
        await group.adds_bot(by=eve)
        await eve.says(f"/claim {code}", chat=group)

        await after(
            clara, clara.says(f"/claim {code.lower().replace('-', ' ')}"), "You are an administrator now"
        )
        await after(eve, eve.says(f"/claim {code}"), "or has been used")
        await after(clara, clara.says(f"/claim {code}"), "or has been used")
        await after(eve, eve.says("/drafts"), "I do not know that command")
        await wait_until(lambda: stage.emulator.commands("en", type="chat", chat_id=clara.id))
        menu = stage.emulator.commands("en", type="chat", chat_id=clara.id)
        assert menu is not None
        assert "drafts" in {line["command"] for line in menu}

        await stage.stop_bot()
        await stage.start_bot()
        await list_says(stage, "D-01", "Solitary")
        await look(clara, "Arman Sepidkuh")
        assert [message for message in eve.messages if "Arman" in message.text] == []
