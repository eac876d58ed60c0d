"""From mail to ticket: gather what must be known, decide, write it down. Nobody here commits."""
