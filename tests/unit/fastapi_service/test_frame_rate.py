"""The frame rate: frames are counted by their headers, however the bytes of a connection are split."""

import random

import pytest
from websockets.frames import Frame, Opcode

from partsearch.fastapi_service.live.limits import FRAMES_PER_SECOND, FrameRate

_LENGTHS = (0, 1, 125, 126, 127, 300, 65535, 65536, 70000)


def bytes_of(opcode: Opcode, length: int, *, fin: bool = True) -> bytes:
    return Frame(opcode, bytes(length), fin).serialize(mask=True)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000, 10**9])
def test_frames_are_counted_however_the_bytes_arrive(piece: int) -> None:
    chance = random.Random(piece)
    frames = [bytes_of(Opcode.BINARY, _LENGTHS[number % 9 if piece > 3 else number % 6]) for number in range(100)]
    chance.shuffle(frames)
    rate, data = FrameRate(), b"".join(frames)
    rate._counted += 3600
    assert all(rate.admits(data[start : start + piece]) for start in range(0, len(data), piece))
    assert rate._left == FRAMES_PER_SECOND - len(frames) == 0
    assert rate._payload_left == 0
    assert not rate._partial_header
    assert not rate.admits(bytes_of(Opcode.PING, 0))


@pytest.mark.parametrize("opcode", [Opcode.CONT, Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.PONG, Opcode.CLOSE])
def test_frames_of_every_kind_count(opcode: Opcode) -> None:
    rate = FrameRate()
    rate._counted += 3600
    assert rate.admits(bytes_of(opcode, 0, fin=True) * FRAMES_PER_SECOND)
    assert not rate.admits(bytes_of(opcode, 0))


def test_the_limit_starts_again_after_a_second() -> None:
    rate = FrameRate()
    assert not rate.admits(bytes_of(Opcode.PING, 0) * (FRAMES_PER_SECOND + 1))
    rate._counted -= 1
    assert rate.admits(bytes_of(Opcode.PING, 0) * FRAMES_PER_SECOND)
