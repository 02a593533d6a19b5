"""Demo roles as the pages offer them for a sign-in: each with its caller, and what the policy opens to it."""

from __future__ import annotations

from collections import Counter

from api.auth.demo_issuer import DEMO_CALLERS
from policy.effects import Effect
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy


def demo_sign_in(policy: Policy) -> dict[str, object]:
    """The demo sign-in, for the data block of a page."""
    return {"tokenUrl": "/demo/token", "roles": demo_roles(policy)}


def demo_roles(policy: Policy) -> list[dict[str, str]]:
    """The demo callers, each with a description of their role that sums up its policy."""
    return [
        {
            "role": role.value,
            "user": caller.user,
            "name": caller.name,
            "description": f"{role.meaning.rstrip('.')}: {_summary(policy, role)}",
        }
        for role, caller in DEMO_CALLERS.items()
    ]


def _summary(policy: Policy, role: Role) -> str:
    cells = [policy.cell(record_class, role) for record_class in RecordClass]
    counted = Counter(cell.effect for cell in cells if cell)
    parts = [f"{counted[Effect.ALLOW]} of {len(cells)} record classes open"]
    for effect, word in ((Effect.MASK, "masked"), (Effect.STEP_UP, "by step-up")):
        if counted[effect]:
            parts.append(f"{counted[effect]} {word}")
    return ", ".join(parts)
