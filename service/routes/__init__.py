"""The routes: each parses a request, calls one function and wraps its answer."""
