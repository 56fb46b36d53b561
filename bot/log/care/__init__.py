"""Care of the log's file: what is deleted leaves no bytes, what is damaged is saved, and copies are kept."""
