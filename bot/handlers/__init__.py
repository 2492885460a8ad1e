"""One file per matter; each handler takes a `Call` that the gate has let through."""
