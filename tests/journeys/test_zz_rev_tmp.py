import asyncio
from datetime import timedelta
from typing import Any
import pytest
from bot.demo.stage import Stage
from tests.journeys.letters import *
from tests.journeys.steps import *
from tests.journeys.conftest import *

@pytest.fixture
def sections() -> dict[str, Any]:
    return OFFICIALS

async def test_h2_forbidden(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    mina = stage.emulator.person(9001, first_name="Mina")
    row = stage.lists.row(key_of(ARMAN)); print(row)
    row.update(status="Executed", name=row["name"]+"\u202e") if "name" in row else row.update(status="Executed", full_name="x\u202e")
    await asyncio.sleep(3)
    print("MINA", [m.text for m in mina.messages][-2:])
    print("LETTER:", [m.text[:200] for m in await says(emma, f"/letter {NUMBER}")])

async def test_h3_reject(stage: Stage) -> None:
    emma = await reader_of_an_alert(stage)
    await first_letter(emma)
    mina = stage.emulator.person(9001, first_name="Mina")
    await list_says(stage, key_of(ARMAN), "Executed")
    await mina.hears("Executed")
    import re
    print([m.text[:80] for m in mina.messages][-3:])
    n = max(int(x) for m in mina.messages for x in re.findall(r"Draft (\d+)", m.text))
    print((await answer(mina, f"/reject {n} typo in the source")).text)
    await asyncio.sleep(1)
    print("LETTER:", [m.text[:200] for m in await says(emma, f"/letter {NUMBER}")])
