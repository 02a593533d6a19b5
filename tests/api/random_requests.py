"""Random HTTP/1.1 requests, most of them malformed in ways that parsers disagree about."""

from __future__ import annotations

from itertools import pairwise
from random import Random

LENGTHS = (b"5", b"0", b"3", b"+5", b"-1", b"5, 5", b"5,6", b" 5", b"5 ", b"0x5", b"05", b"9" * 20, b"", b"5;", b"1_0")
CODINGS = (
    *(b"chunked", b"Chunked", b"chunked, chunked", b"gzip, chunked", b"identity", b"chunked;a=b", b" chunked"),
    *(b"chunked ", b"xchunked", b"\x0bchunked", b"chunked,identity", b""),
)
NAMES = (
    *(b"Host", b"X-A", b"Content-Length", b"content-length", b"Transfer-Encoding", b"Connection", b"Upgrade"),
    *(b"Expect", b"X a", b"X:", b"", b" X", b"X\t", b"\xffa", b"Content-Length ", b"Content_Length"),
)
OTHER_VALUES = (b"a", b"", b"x y", b"\t z", b"\xe9", b'"q"', b"a\x0bb", b"a\x00b", b"close", b"keep-alive", b"h2c")
INSERTED = (10, 13, 32, 9, 0, 58, 59, 48)
WELL_FORMED = (
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
)


def random_bytes(random: Random) -> bytes:
    """One to three requests on one connection."""
    sent = bytearray(b"".join(_request(random) for _ in range(random.randrange(1, 4))))
    for _ in range(random.choice((0, 0, 1, 3))):
        place = random.randrange(len(sent))
        match random.randrange(3):
            case 0:
                sent[place] = random.randrange(256)
            case 1:
                sent.insert(place, random.choice(INSERTED))
            case _:
                del sent[place]
    return bytes(sent)


def random_packets(random: Random, sent: bytes) -> list[bytes]:
    """The same bytes in up to four packets, none of them empty."""
    cuts = sorted({0, len(sent), *(random.randrange(1, len(sent)) for _ in range(random.randrange(4)))})
    return [sent[start:end] for start, end in pairwise(cuts)]


def _request(random: Random) -> bytes:
    if random.random() < 0.4:
        return random.choice(WELL_FORMED)
    line = random.choice((b"GET", b"POST", b"POST", b"get", b"P@ST", b"", b"OPTIONS"))
    line += _mostly(random, b" ", b"  ", b"\t") + random.choice(
        (b"/", b"/a?b", b"*", b"http://a/", b"/ a", b"/\xff", b"")
    )
    line += _mostly(random, b" ", b"  ", b"") + _mostly(random, b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"http/1.1", b"")
    headers = [_header(random) for _ in range(random.randrange(4))]
    headers.insert(random.randrange(len(headers) + 1), _mostly(random, b"Host: a\r\n", b""))
    end = _mostly(random, b"\r\n", b"\n", b"")
    return line + _mostly(random, b"\r\n", b"\n") + b"".join(headers) + end + _body(random)


def _header(random: Random) -> bytes:
    name = random.choice(NAMES)
    values = {b"content-length": LENGTHS, b"transfer-encoding": CODINGS}.get(name.strip().lower(), OTHER_VALUES)
    colon = random.choice((b":", b": ", b":\t", b" : ", b""))
    return name + colon + random.choice(values) + _mostly(random, b"\r\n", b"\n", b"\r", b"\r\r\n", b"\r\n ", b"\r\n\t")


def _body(random: Random) -> bytes:
    if random.random() < 0.5:
        return b"12345"[: random.randrange(6)]
    chunks = b""
    for _ in range(random.randrange(3)):
        data = b"abcdefghijkl"[: random.randrange(1, 12)]
        size = b"%x" % len(data)
        chunks += _mostly(
            random, size, b"0" + size, b"0x" + size, b"+" + size, size + b" ", b" " + size, b"f" * 17, b""
        )
        chunks += _mostly(random, b"", b";a", b";a=b", b" ;a", b";\x00", b";a\n") + _mostly(
            random, b"\r\n", b"\n", b"\r"
        )
        chunks += data + _mostly(random, b"\r\n", b"\n", b"", b"\r")
    last = _mostly(random, b"0", b"00", b"0;a") + _mostly(random, b"\r\n", b"\n")
    trailer = _mostly(random, b"", b"T: 1\r\n", b"Content-Length: 5\r\n", b"X\r\n")
    return chunks + last + trailer + _mostly(random, b"\r\n", b"\n", b"")


def _mostly(random: Random, usual: bytes, *unusual: bytes) -> bytes:
    return usual if random.random() < 0.8 else random.choice(unusual)
