"""Parsers of public catalogues: a publisher's local file to frozen records, one module a source."""
