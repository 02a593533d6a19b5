"""Clients that ask again and again while something happens to the servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx

QUERY = """
    query Stop @inquiry(purpose: C, reason: TRAFFIC_STOP, attention: "Lee 4417") { person(id: "P0000001") { id } }
"""
DATA = {"person": {"id": "P0000001"}}
FORGED = "203.0.113.9, 127.0.0.1"


class Clients:
    """Clients that ask again and again, each over a connection of its own, and what they were answered."""

    def __init__(self, client: Callable[[str], httpx.AsyncClient]) -> None:
        """`client` makes one that has an address of this machine."""
        self._client = client
        self._is_ended = False
        self.inquiries: dict[str, str] = {}
        """The address of the client for each id of an answered inquiry."""
        self.failures: list[str] = []

    async def run(self, address: str) -> None:
        async with self._client(address) as client:
            while not self._is_ended:
                try:
                    reply = await client.post("/graphql", json={"query": QUERY}, headers={"X-Forwarded-For": FORGED})
                except httpx.HTTPError as error:
                    self.failures.append(repr(error))
                    continue
                if reply.status_code == httpx.codes.OK and reply.json()["data"] == DATA:
                    self.inquiries[reply.json()["extensions"]["inquiry"]["id"]] = address
                else:
                    self.failures.append(f"{reply.status_code} {reply.text}")

    async def answered(self, count: int) -> None:
        """Wait until that many more inquiries are answered."""
        until = len(self.inquiries) + count
        while len(self.inquiries) < until and not self.failures:
            await asyncio.sleep(0.01)

    def end(self) -> None:
        self._is_ended = True
