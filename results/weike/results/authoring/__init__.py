"""From a draft to a published lesson: what was written, by whom, and who approved it."""
