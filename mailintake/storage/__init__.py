"""Tables and what is asked of them: a Connection comes in, values go out, nobody here commits."""
