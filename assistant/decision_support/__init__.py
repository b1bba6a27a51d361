"""For doctors: a cited differential for a case, and passages for a question."""
