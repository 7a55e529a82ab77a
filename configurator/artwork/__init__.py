"""A customer's own picture: from a file that anything may stand in to a small sRGB picture of our own. Pure.

`inspect` reads headers and refuses before anything is decoded; `reencode` decodes, in the separate process that
`isolated` starts and `child` limits; nothing of the file as it came is kept but its pixels.
"""
