"""Pictures of the dataset: cooperation on a map, the network around a thing, events in time.

Each page is HTML first: filters, figures, the query that gives them; what a script draws are the same figures. All of
it runs in a query process, by a fixed number of queries. Nothing in it knows HTTP.
"""
