"""Bytes of a mail become a ParsedMessage. Pure: no I/O, no clock."""
