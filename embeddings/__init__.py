"""Finding the passages that answer a question, and knowing when none does.

Floor 1, and the only importer of faiss and sentence-transformers. It must not know how an answer is put together.
"""
