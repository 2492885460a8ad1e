async def test_x(sessions):
    assert sessions
