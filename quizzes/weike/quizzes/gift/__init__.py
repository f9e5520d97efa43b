"""The parts of GIFT: cutting a file into questions, and texts in the format that they name."""
