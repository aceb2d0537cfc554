"""Commands that are more than a few lines, one module each; :mod:`dayzero.cli` puts them under one name.

Each module imports click alone, and what it needs when its command runs, so that ``--help`` stays quick.
"""
