"""The rules of the ledger as pure functions over values: no socket, no file, no clock."""
