"""What `peers.py` measures: this service beside other SPARQL servers, on the same data and the same machine."""
