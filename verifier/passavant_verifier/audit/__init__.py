"""The audit of a whole network: chain, contracts' state, gateways. See `passavant_verifier.audit.steps`."""
