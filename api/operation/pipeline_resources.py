"""What an operation pipeline uses: the parts of the application that all requests share."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date

from api.auth.authentication import Authenticator
from api.auth.failed_auth_throttle import FailedAuthThrottle
from api.auth.published_changes import PublishedChanges
from api.documents.trusted_documents import NO_TRUSTED_DOCUMENTS, TrustedDocuments
from api.operation.challenges import Challenges
from audit.decision_replay import DecisionReplayer
from audit.journal import Journal
from audit.term_hashes import TermHashes
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from policy.table import Policy
from resolvers.paging import Cursors
from sources.resilience_config import ResilienceConfig
from sources.source import Source
from telemetry.recorder import Telemetry


@dataclass(frozen=True, kw_only=True, slots=True)
class PipelineResources:
    """Everything a pipeline uses. Shared by all requests; keeps no data about any caller.

    policy:            returns the policy in force; a reloaded file changes it, and a published policy goes before it.
    changes:           what was published for all servers.
    sources:           record sources by name; the pipeline adds resilience by `resilience`.
    sources_timeout_s: time that one operation has for all its sources.
    journal_source:    the journal as a source, for the auditor's fields.
    term_hashes:       makes the keyed hashes of what is searched for.
    pseudonymize:      maps a document's digest to the name shown in traces.
    trusted_routers:   addresses whose `X-Inquiry` header is accepted.
    trusted_documents: documents that requests may name by id, and who may send a text besides.
    names_in_errors:   whether errors repeat names of the document, which may be a person's if quotation marks lack.
    """

    schema: GuardedSchema
    limits: Limits
    authenticator: Authenticator
    throttle: FailedAuthThrottle
    policy: Callable[[], Policy]
    changes: PublishedChanges
    challenges: Challenges
    sources: Mapping[str, Source]
    resilience: ResilienceConfig
    sources_timeout_s: float
    journal: Journal
    journal_source: Source
    term_hashes: TermHashes
    decision_replayer: DecisionReplayer
    cursors: Cursors
    telemetry: Telemetry
    pseudonymize: Callable[[str], str]
    trusted_routers: Container[str] = frozenset()
    trusted_documents: TrustedDocuments = NO_TRUSTED_DOCUMENTS
    names_in_errors: bool = False
    today: Callable[[], date] = date.today
