"""Signing in: links, PINs, sessions, and how often one may be wrong."""
