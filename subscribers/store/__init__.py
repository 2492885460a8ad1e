"""Queries and row-to-value mapping. Functions take a session and never commit; stations own transactions.

`ledger` holds the three hot statements as SQL text (delivery.md 2.2); the rest is SQLAlchemy.
"""
