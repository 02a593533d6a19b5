"""docs/engine.md has a generated program and the limits. tests/cli/test_explain.py checks its plan."""

from __future__ import annotations

from api.operation.authorization import authorize_operation
from api.operation.explanation import demo_context, prepare
from api.operation.inquiry import inquiry_of
from engine.compile import program_for
from engine.limits import Limits
from policy.roles import Role
from tests.engine.engine_page import PAGE, block


def test_the_program_in_the_docs_is_the_generated_one() -> None:
    prepared = prepare(block("An example operation"), None, {}, Limits())
    inquiry = inquiry_of(prepared, None, is_trusted=False)
    plan = authorize_operation(prepared, demo_context(Role.PATROL, 1), inquiry).plan
    program = program_for(prepared.plan, plan.program_key)

    assert block("Its program") in program.source


def test_every_limit_is_in_the_docs() -> None:
    for name in Limits.__dataclass_fields__:
        assert f"| `{name}` | {getattr(Limits(), name):,} |" in PAGE
