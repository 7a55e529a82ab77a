"""The photographer's studio: models of the products, and the pictures that the application composes.

A tool of design time. It needs Blender as a Python module (photography/requirements.txt); the application never
imports it, and reads only what it wrote into `catalogue/`.
"""
