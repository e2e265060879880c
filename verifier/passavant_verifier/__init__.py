"""Checks Passavant's receipts, disclosures and chain, with code that shares nothing with the ledger's."""
