"""The emulator as a process: killed at any moment, its record holds every call that was answered."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx


def test_a_killed_emulator_leaves_its_record(tmp_path: Path) -> None:
    record = tmp_path / "calls.jsonl"
    command = [sys.executable, "-m", "bot.emulator", "--record", str(record), "--people", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        with httpx.Client(base_url=base_url, trust_env=False, verify=False) as client:
            for chat_id in (1001, 1002):
                answer = client.post("/bot1:demo/sendMessage", json={"chat_id": chat_id, "text": "سلام"})
                assert answer.status_code == 200
        process.kill()
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert [(line["seq"], line["method"], line["chat_id"]) for line in lines] == [
        (1, "sendMessage", 1001),
        (2, "sendMessage", 1002),
    ]
    assert lines[0]["params"] == {"chat_id": 1001, "text": "سلام"}


def test_it_ends_when_told_to() -> None:
    command = [sys.executable, "-m", "bot.emulator"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
