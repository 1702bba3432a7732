"""The Reconciliation Service API: what it is asked, what is done, and what it tells, in its versions 0.2 and 1.0.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ and
https://reconciliation-api.github.io/specs/1.0-draft/
"""
