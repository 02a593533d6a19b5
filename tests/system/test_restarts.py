"""Two instances behind each proxy of docs/deploy.md, reloaded and restarted in turn under load."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from audit.entry import Kind
from audit.sqlite.search import search
from audit.sqlite.verification import verify
from tests.system.asking_clients import Clients
from tests.system.deployment import Deployment, Instance, Tool, whole_deployment

ADDRESSES = [f"127.0.1.{number}" for number in range(1, 9)]
"""One client at each: from one address, the proxies let fewer requests through."""
PAIR = Counter({Kind.INTENT: 1, Kind.RELEASE: 1})

for_each_proxy = pytest.mark.parametrize("proxy", ["nginx", "haproxy"])


@pytest.fixture(scope="module")
def deployed(tool: Tool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with whole_deployment(tool, tmp_path_factory.mktemp("deployment")) as deployed:
        yield deployed


async def reload_and_restart(instances: tuple[Instance, ...], clients: Clients) -> None:
    """Reload each instance, then restart each, between answers."""
    await clients.answered(50)
    for work in (*(each.reload for each in instances), *(each.restart for each in instances)):
        await asyncio.to_thread(work)
        await clients.answered(50)
    clients.end()


@for_each_proxy
async def test_reloads_and_restarts_under_load_fail_no_request(deployed: Deployment, tool: Tool, proxy: str) -> None:
    clients = Clients(deployed.client)
    with deployed.proxy(proxy, tool(proxy)):
        await asyncio.gather(
            reload_and_restart(deployed.instances, clients), *(clients.run(address) for address in ADDRESSES)
        )

    assert clients.failures == []
    kinds: dict[str, Counter[Kind]] = {id: Counter() for id in clients.inquiries}
    for found in search(deployed.data / "journal.db"):
        if found.entry.id in kinds:
            kinds[found.entry.id][found.entry.kind] += 1
            assert found.entry.address == clients.inquiries[found.entry.id]
    assert {id: counted for id, counted in kinds.items() if counted != PAIR} == {}
    assert set(clients.inquiries.values()) == set(ADDRESSES)
    assert verify(deployed.data / "journal.db").is_whole
