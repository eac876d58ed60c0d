"""E-mail in, tickets and promises kept out."""

__version__ = "0.1.0"
