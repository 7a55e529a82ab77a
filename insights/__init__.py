"""Behaviour: what people look at, try and do, recorded with their consent. Knows nobody by name."""
