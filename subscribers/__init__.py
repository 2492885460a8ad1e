"""From a published alert to one person's delivery. Imports `alerts`, never `bot`."""
