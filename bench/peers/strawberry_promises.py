"""Strawberry with its permission classes, and with decisions and journal in an extension of its schema.

https://strawberry.rocks/docs/guides/permissions, https://strawberry.rocks/docs/guides/custom-extensions.
It has its caches of parsed and of valid documents.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from enum import Enum
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import strawberry
from starlette.applications import Starlette
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.directive import DirectiveLocation
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.utils.str_converters import to_camel_case

from bench.peers import strawberry_peer
from bench.peers.files import Files
from bench.peers.promised_app import promised_app
from bench.peers.promises import GUARDS, Promises
from bench.peers.strawberry_types import DATE, Date


@strawberry.enum
class PurposeCode(Enum):
    C = "C"


@strawberry.enum
class ReasonCode(Enum):
    INVESTIGATION = "INVESTIGATION"


@strawberry.directive(locations=[DirectiveLocation.QUERY])
def inquiry(
    purpose: PurposeCode, reason: ReasonCode, case_number: str | None = None, attention: str | None = None
) -> None:
    """Say why records are asked for."""


def create(data: Path) -> Starlette:
    files, promises = Files(data), Promises(data)

    class App(GraphQL[dict[str, Any], None]):
        async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
            return {"request": request, "response": response, "claims": request.scope["claims"]}

    class Journaled(SchemaExtension):
        """Writes the intent before the execution, and the release after it."""

        async def on_execute(self) -> AsyncIterator[None]:
            execution = self.execution_context
            context = execution.context
            trail = await promises.begin(context["claims"], execution.query or "", execution.variables or {})
            observed = files.observed(trail.read)
            context |= {"trail": trail, "files": observed, **observed.loaders(DataLoader)}
            yield
            errors = execution.result.errors if execution.result else None
            await promises.end(trail, is_broken=any(each.extensions != DENIED for each in errors or ()))

    schema = strawberry.Schema(
        query=guarded_types().Query,
        config=StrawberryConfig(scalar_map={Date: DATE}),
        directives=[inquiry],
        extensions=[ParserCache, ValidationCache, Journaled],
    )
    # Its extension for directives would resolve each field once more, to apply those of the field.
    schema.directives = ()
    return promised_app(App(schema), promises, files.lifespan(None))


DENIED = {"code": "NEED_TO_KNOW"}


def permission(coordinate: str) -> BasePermission:
    """The permission class of a guarded field."""

    class Permitted(BasePermission):
        message = "You are not permitted to see this field."
        error_extensions = DENIED

        def has_permission(self, source: Any, info: strawberry.Info[dict[str, Any], None], **_: Any) -> bool:
            return coordinate not in info.context["trail"].denied

    return Permitted()


def guarded_types() -> ModuleType:
    """The types of `strawberry_peer`, in a module of their own, with permission classes on their guarded fields."""
    name = f"{__name__}.types"
    spec = spec_from_file_location(name, strawberry_peer.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    for coordinate in GUARDS:
        kind, field_name = coordinate.split(".")
        definition = getattr(module, kind).__strawberry_definition__
        (field,) = (each for each in definition.fields if to_camel_case(each.python_name) == field_name)
        field.extensions.append(PermissionExtension([permission(coordinate)], use_directives=False))
    return module
