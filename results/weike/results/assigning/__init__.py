"""Who has to do what until when: assignments, excusals, make-up tests, overrides."""
