"""What other people judge the program by: ranking, matching and attribution of texts that it has never seen."""
