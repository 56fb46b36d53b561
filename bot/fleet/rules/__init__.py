"""Pure decisions: no Discord, no SQL, no clock, no await."""
