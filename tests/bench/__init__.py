"""Measures Weike beside stock Voilà: `make bench`, or `python -m bench --help` from `tests/`."""
