"""Making packs: files are read, cut into sentences with who speaks in each, reviewed, and written as a folder."""
