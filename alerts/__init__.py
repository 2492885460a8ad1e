"""From a public list to a published alert.

Imports nothing from `subscribers` or `bot`. Noun files hold values and rules; verb files are stations that
take rows in one status and leave rows in the next.
"""
