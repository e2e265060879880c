"""The law of docs/records.md, written a second time: who may record what, and what becomes of the contracts' state."""
