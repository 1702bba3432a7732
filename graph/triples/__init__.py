"""Records of public catalogues to triples of the graph, one module a source."""
