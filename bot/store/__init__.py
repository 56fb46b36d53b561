"""The conversation log: what was asked and answered, and how a person sees it, takes it along, has it deleted."""
