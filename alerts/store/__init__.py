"""Queries and row-to-value mapping. Functions take a session and never commit; stations own transactions.

`published` is the only one that readers' surfaces may import (an import contract).
"""
