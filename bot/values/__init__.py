"""Values that no feature owns: text, moments, ballots, references to turns."""
