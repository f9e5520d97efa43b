"""The parts of `weike.quizzes.formats.qti`: its HTML, one question as an item, the package."""
