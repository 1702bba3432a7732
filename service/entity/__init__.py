"""What is said of one IRI: asked by a fixed list of queries, written as RDF or as a page.

All of it runs in a query process: one request is one round trip, whatever the entity. Nothing in it knows HTTP.
"""
