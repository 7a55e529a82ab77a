"""Models in three dimensions as glTF 2.0 files: reading, checking, and painting one design. Pure.

https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html
"""
