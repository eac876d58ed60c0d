"""What we write: whether a letter may leave, in which words, and as which bytes."""
