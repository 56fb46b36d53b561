"""The chatbot: what it answers, what it remembers, and where it lives."""
