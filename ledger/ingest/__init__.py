"""Ingestion: which customs message becomes which record, and signed by whom.

A declaration is recorded by the key of its declarant or agent; by the administration's, as received outside the
ledger, when the declarant is no participant. A notice is a decision under the key of its administration, and evidence
under any other.
Movement messages are evidence. Both sides may ingest the same messages in any order, and again.
"""

from ledger.ingest.ingestion import ingest
from ledger.ingest.report import Fate, Line, Report

__all__ = ["Fate", "Line", "Report", "ingest"]
