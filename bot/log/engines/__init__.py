"""What differs between the engines that a log lies in: SQLite in a file, and PostgreSQL."""
