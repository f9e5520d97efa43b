"""The parts of `weike.quizzes.formats.moodle`: its XML, its HTML, its cloze notation, its types."""
