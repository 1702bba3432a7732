"""A small dataset of each kind, with all that the files of a release can hold."""

from __future__ import annotations

import pytest

from graph.terms import COO, GRAPHS, SHAPES_GRAPH

DATA = f"""
@prefix e: <http://e.test/> .
@prefix coo: <{COO}> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<{GRAPHS}curated> {{
  e:s a e:C ; e:p "x", "x"@en, "a \\"quoted\\" line\\n_:no" , 1, 2.50 , _:b1 .
  _:b1 e:q "in a blank node" .
}}
<{GRAPHS}claims/one> {{
  e:s a e:C ; e:p 1 .
  e:claim a coo:StatementClaim ; coo:claimSubject e:s ; coo:claimPredicate e:p ; coo:claimLiteral 1 .
  e:denied a coo:StatementClaim ; coo:claimSubject e:s ; coo:claimPredicate e:q ; coo:claimObject e:o .
}}
<{SHAPES_GRAPH}> {{ e:shape a e:Shape . }}
<http://e.test/a/foreign/name> {{ e:t a e:D . }}
"""
PLAIN = DATA + '<http://e.test/s> <http://e.test/p> 1 , "outside" .'
KINDS = [pytest.param("published", DATA, id="published"), pytest.param("plain", PLAIN, id="plain")]
