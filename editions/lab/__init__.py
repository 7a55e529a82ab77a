"""The pricing lab: what each way to price an edition would earn, from a demand prior. NumPy only; it changes nothing.

Prices and revenues are floats in one unit of money, whichever the caller has; time runs from 0 to 1 over the sale.
"""
