"""Charts of lines over a common axis, as SVG for pages and as text for terminals.

Equal charts give equal bytes. Nothing here knows what the numbers are.
"""
