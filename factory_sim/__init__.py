"""How pieces are made: a simulated smart factory. Knows nothing of shops, customers or prices.

It takes a frozen WorkSpec with an external reference and publishes what happened as events.
"""
