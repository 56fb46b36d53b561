"""Who says what in an article: proposals for a person to review, rather undecided than in the wrong mouth."""
