"""A lesson on paper: outline before class, handout, exam paper, by templates of nbconvert."""
