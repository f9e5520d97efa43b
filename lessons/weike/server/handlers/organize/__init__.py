"""The pages for those who answer for branches."""
