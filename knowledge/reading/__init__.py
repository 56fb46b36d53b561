"""Reading the files of a pack, each problem reported with file and line."""
