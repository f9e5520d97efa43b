"""Who belongs where: rosters read, checked, imported, and their bad rows given back."""
