"""Writes of orders, one module per station of the journey."""
