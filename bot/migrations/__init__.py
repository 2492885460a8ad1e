"""Alembic migrations; the only outsider that may see tables."""
