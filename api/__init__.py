"""The gateway: Passavant's ledger over HTTP."""
