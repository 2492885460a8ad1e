"""Messages as text and entities, built from facts; the same for preview and delivery. Never parsed markup."""
