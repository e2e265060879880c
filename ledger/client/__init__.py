"""The client: the one façade over chain, store and index; it knows no HTTP server.

What is named here is public. It is imported when first asked for, so that a command pays only for what it uses.
"""
