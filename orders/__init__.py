"""The orchestrator: quote, checkout, payment, review, production and the pages that a customer meets.

The only app that knows the whole journey.
"""
