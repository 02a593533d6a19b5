"""The operation pipeline with its resources: sources, journal, policy and keys, opened at start-up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial

from api.auth.authentication import open_authenticator
from api.auth.failed_auth_throttle import FailedAuthThrottle
from api.auth.published_changes import open_published_changes
from api.config.checkpoints import open_checkpointer
from api.config.data_folder import JOURNAL
from api.config.journal_store import journal_store
from api.config.networks import Networks
from api.config.record_sources import open_sources
from api.config.reloaded_file import ReloadedFile
from api.config.search_key import open_term_hashes
from api.config.secret_file import ALIAS_KEY, CHALLENGE_KEY, CURSOR_KEY
from api.config.settings import Settings
from api.documents.reloaded_documents import open_trusted_documents
from api.documents.trusted_documents import TrustedDocuments
from api.http.field_app import MANIFEST
from api.operation.challenges import NO_CHALLENGES, Challenges
from api.operation.pipeline import OperationPipeline
from api.operation.pipeline_resources import PipelineResources
from audit.decision_replay import DecisionReplayer
from audit.policy_archive import FOLDER, PolicyArchive
from policy.errors import PolicyError
from resolvers.catalogue import NAMES
from resolvers.journal import open_journal_database, open_journal_file
from resolvers.paging import Cursors
from schema.build import guarded_schema, guards
from sources.errors import InvalidProfile
from sources.fault_injection import with_faults
from sources.fault_profile import FaultProfile, profile_path
from sources.postgres.address import Address
from sources.source import Source
from telemetry.pseudonym import document_pseudonyms
from telemetry.recorder import Telemetry

WrapSource = Callable[[Source], Source]
"""Called with each record system and with the journal as a source."""


@asynccontextmanager
async def open_pipeline(
    settings: Settings, telemetry: Telemetry, wrap_source: WrapSource
) -> AsyncIterator[OperationPipeline]:
    """Open the pipeline's resources in order of dependence, and close them in reverse order.

    Raises: InvalidProfile, InvalidJwks, InvalidManifest, InvalidRevocationList, InvalidSecretFile, JournalBroken,
    CheckpointError, PolicyError, UnguardedSchema.
    """
    async with AsyncExitStack() as stack:
        stack.push_async_callback(asyncio.to_thread, telemetry.stop)
        sources = {name: wrap_source(source) for name, source in record_sources(settings).items()}
        store = journal_store(settings.data, settings.journal.journal)
        policies = PolicyArchive(settings.data / FOLDER)
        published = await stack.enter_async_context(open_published_changes(settings.journal, policies.store))
        authenticator = await stack.enter_async_context(open_authenticator(settings, published))

        def record_commit(queue_s: float, commit_s: float) -> None:
            telemetry.record("journal_queue", queue_s)
            telemetry.record("journal_commit", commit_s)

        journal = await store.open(
            deadline_s=settings.journal.journal_deadline_ms / 1000,
            checkpointer=open_checkpointer(settings, store),
            observe_timing=record_commit,
        )
        stack.push_async_callback(journal.close)
        policy_file = ReloadedFile(
            settings.matrix, policies.load, error_type=PolicyError, on_error="The previous policy stays in force."
        )
        trusted_documents = await stack.enter_async_context(trusted_documents_of(settings))
        journal_source = wrap_source(journal_as_source(settings))
        term_hashes = await asyncio.to_thread(open_term_hashes, settings.data, store)
        for source in (*sources.values(), journal_source):
            stack.push_async_callback(source.close)
        yield OperationPipeline(
            PipelineResources(
                schema=guarded_schema(),
                limits=settings.operation.limits,
                authenticator=authenticator,
                throttle=FailedAuthThrottle(settings.auth.failed_auth_delay_s),
                policy=lambda: published.policy or policy_file.current(),
                changes=published,
                # The key is made only if the rate is not zero.
                challenges=Challenges(settings.challenge_one_in, CHALLENGE_KEY.random(settings.data))
                if settings.challenge_one_in
                else NO_CHALLENGES,
                sources=sources,
                resilience=settings.sources.resilience,
                sources_timeout_s=settings.operation.operation_budget_ms / 1000,
                journal=journal,
                journal_source=journal_source,
                term_hashes=term_hashes,
                decision_replayer=DecisionReplayer(policies, guards()),
                cursors=Cursors(CURSOR_KEY.random(settings.data)),
                telemetry=telemetry,
                pseudonymize=document_pseudonyms(ALIAS_KEY.random(settings.data)),
                trusted_routers=Networks(settings.trusted_routers),
                trusted_documents=trusted_documents,
                # Demo records are invented, and the author of a query is at the keyboard.
                names_in_errors=settings.demo,
            )
        )


def trusted_documents_of(settings: Settings) -> AbstractAsyncContextManager[TrustedDocuments]:
    """Those of the settings, and those of the field app if it is served. Raises, when entered: InvalidManifest."""
    own = MANIFEST if settings.shows_field else None
    return open_trusted_documents(settings.documents, guarded_schema(), settings.operation.limits, own=own)


def journal_as_source(settings: Settings) -> Source:
    """The journal for the fields that read it."""
    connections = settings.sources.connections
    if settings.journal.journal:
        return open_journal_database(Address.parse(settings.journal.journal), connections=connections)
    return open_journal_file(settings.data / JOURNAL, connections=connections)


def record_sources(settings: Settings) -> dict[str, Source]:
    """The record systems by name, behind the faults of the profile if one is set."""
    deadline_s = settings.sources.deadline_ms / 1000
    sources = open_sources(
        settings.data, settings.addresses, connections=settings.sources.connections, deadline_s=deadline_s
    )
    if not settings.profile:
        return sources
    profile = ReloadedFile(
        profile_path(settings.profile),
        partial(FaultProfile.load, sources=NAMES),
        error_type=InvalidProfile,
        on_error="The previous fault profile stays in use.",
    )
    return with_faults(sources, profile.current, deadline_s=deadline_s)
