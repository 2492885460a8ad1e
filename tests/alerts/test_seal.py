from __future__ import annotations

import base64
import stat
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import KeyFileError
from alerts.seal import KEY_BYTES, Sealer, key_text, new_key, read_key_file, read_key_text, write_key_file

KEY = bytes(range(64))
OTHER = bytes(range(1, 65))
PURPOSE = "subscribers.chat"


def sealer_with_key_id(key_id: bytes) -> Sealer:
    """Another key whose one-byte id is the same: one in 256 is."""
    return next(
        sealer
        for sealer in (Sealer(number.to_bytes(KEY_BYTES, "big")) for number in range(1, 10_000))
        if sealer.key_id == key_id
    )


@given(st.text())
def test_what_is_sealed_opens_again(text: str):
    sealer = Sealer(KEY)
    assert sealer.open(sealer.seal(text, PURPOSE), PURPOSE) == text


def test_equal_texts_give_equal_bytes_for_one_purpose_and_key():
    sealer = Sealer(KEY)
    assert sealer.seal("700001", PURPOSE) == Sealer(KEY).seal("700001", PURPOSE)
    others = {sealer.seal("700002", PURPOSE), sealer.seal("700001", "moderators.chat")}
    others.add(Sealer(OTHER).seal("700001", PURPOSE))
    assert sealer.seal("700001", PURPOSE) not in others


def test_the_text_does_not_stand_in_the_bytes():
    sealed = Sealer(KEY).seal("700001", PURPOSE)
    assert b"700001" not in sealed
    assert base64.b64encode(b"700001").rstrip(b"=") not in sealed


def test_another_key_says_so():
    sealed = Sealer(KEY).seal("700001", PURPOSE)
    with pytest.raises(KeyFileError, match="sealed with key"):
        Sealer(OTHER).open(sealed, PURPOSE)


def test_another_key_with_the_same_id_does_not_open():
    sealed = Sealer(KEY).seal("700001", PURPOSE)
    with pytest.raises(KeyFileError, match="does not open with this key"):
        sealer_with_key_id(Sealer(KEY).key_id).open(sealed, PURPOSE)


def test_another_purpose_does_not_open():
    sealed = Sealer(KEY).seal("700001", PURPOSE)
    with pytest.raises(KeyFileError, match=r"moderators\.chat does not open"):
        Sealer(KEY).open(sealed, "moderators.chat")


@pytest.mark.parametrize("cut", [0, 1, 5, 16, -1])
def test_damaged_bytes_do_not_open(cut: int):
    sealed = Sealer(KEY).seal("700001", PURPOSE)
    with pytest.raises(KeyFileError):
        Sealer(KEY).open(sealed[:cut], PURPOSE)
    flipped = bytearray(sealed)
    flipped[cut] ^= 1
    with pytest.raises(KeyFileError):
        Sealer(KEY).open(bytes(flipped), PURPOSE)


def test_digests_are_keyed_and_bound_to_their_purpose():
    digest = Sealer(KEY).digest("700001", "moderators.actor")
    assert len(digest) == 32
    assert int(digest, 16)
    assert digest == Sealer(KEY).digest("700001", "moderators.actor")
    others = {
        Sealer(KEY).digest("700002", "moderators.actor"),
        Sealer(KEY).digest("700001", "moderators"),
        Sealer(OTHER).digest("700001", "moderators.actor"),
        Sealer(KEY).digest("actor\x00700001", "moderators"),
    }
    assert len(others | {digest}) == 5


def forms(key: bytes) -> list[str]:
    compact = base64.b32encode(key).decode()[:16]
    return [key.hex()[:16], compact, key_text(key)[:14], repr(key)[2:20], base64.b64encode(key).decode()[:16]]


def test_neither_repr_nor_errors_show_the_key():
    key = new_key()
    sealer = Sealer(key)
    try:
        sealer.open(Sealer(OTHER).seal("x", PURPOSE), PURPOSE)
    except KeyFileError:
        shown = f"{sealer!r} {sealer} {traceback.format_exc()}"
    assert f"key_id={sealer.key_id.hex()}" in shown
    assert [form for form in forms(key) if form in shown] == []


def test_new_keys_are_random():
    assert len({new_key() for _ in range(20)}) == 20
    assert {len(new_key()) for _ in range(20)} == {KEY_BYTES}


@pytest.mark.parametrize("size", [0, 32, 63, 65])
def test_a_key_of_another_size_is_refused(size: int):
    with pytest.raises(KeyFileError, match=f"{size} bytes"):
        Sealer(bytes(size))


@given(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES))
def test_the_recovery_sheet_is_read_back(key: bytes):
    text = key_text(key)
    assert {len(group) for group in text.split()[:-1]} == {4}
    assert read_key_text(text) == key
    assert read_key_text(f"\n{text.lower().replace(' ', '')} \n") == key


@pytest.mark.parametrize("text", ["", "ABCD", "not base32 ! 189", "کلید", "A" * 200, key_text(KEY)[:-1]])
def test_what_is_no_key_text_is_refused(text: str):
    with pytest.raises(KeyFileError, match="the key text"):
        read_key_text(text)


def test_a_key_file_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path):
    path = tmp_path / "secrets" / "seal.key"
    write_key_file(path, KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert read_key_file(path).seal("x", PURPOSE) == Sealer(KEY).seal("x", PURPOSE)
    with pytest.raises(FileExistsError):
        write_key_file(path, OTHER)
    assert read_key_text(path.read_text(encoding="ascii")) == KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o620, 0o777])
def test_a_key_file_open_to_others_is_refused_with_the_command_that_mends_it(tmp_path: Path, mode: int):
    path = tmp_path / "seal.key"
    write_key_file(path, KEY)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match=f"mode {mode:04o}.*chmod 600 {path}"):
        read_key_file(path)


def test_a_missing_key_file_says_what_to_do(tmp_path: Path):
    with pytest.raises(KeyFileError, match=r"there is no key file.*init.*recovery sheet"):
        read_key_file(tmp_path / "seal.key")


def test_a_folder_is_no_key_file(tmp_path: Path):
    with pytest.raises(KeyFileError, match="cannot be read: Is a directory"):
        read_key_file(tmp_path)


@pytest.mark.parametrize("content", [b"", b"ABCD EFGH\n", b"\xff\xfe key", key_text(KEY)[:-8].encode()])
def test_a_spoilt_key_file_says_what_to_do_and_not_what_it_holds(tmp_path: Path, content: bytes):
    path = tmp_path / "seal.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match=r"seal\.key") as caught:
        read_key_file(path)
    shown = "".join(traceback.format_exception(caught.value))
    assert [form for form in forms(KEY) if form in shown] == []
