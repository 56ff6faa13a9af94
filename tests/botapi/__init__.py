"""A small Bot API server of the project's own, for tests on loopback. See docs/reference/botapi-server.md."""
