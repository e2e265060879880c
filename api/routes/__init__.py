"""The routes, thin: read the request, ask the client, write the answer."""
