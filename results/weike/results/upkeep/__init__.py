"""Backup, restore, rebuilding, health, and the demo course."""
