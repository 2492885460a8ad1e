"""One file per format: pure functions from a document's bytes to rows; and the mapping to our fields."""
