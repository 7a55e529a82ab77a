"""Pictures by one equation: light is linear, so picture = B + Σ colourᵢ · Pᵢ over baked plates. Pure; NumPy and Pillow.

The browser's `relight` island computes the same sum from the same files.
"""
