"""Passavant: a permissioned ledger for consignment records, and its client."""

__version__ = "0.1.0"
