"""How much of a hostile mail is looked at; beyond, the bytes stay in the raw mail (SECURITY 5.5)."""

HEADER_BLOCK = 256 * 1024
HEADER_LINE = 16 * 1024
HEADER_FIELDS = 1000
PARAMETERS = 128
NESTING = 30
PARTS = 1000
ATTACHMENTS = 100
ADDRESSES = 200
ADDRESS_BYTES = 32 * 1024
REFERENCES = 200
TEXT = 1024 * 1024
# Bytes in no charset that was declared, of the header and of each text, by which the charset is guessed.
FOREIGN = 2048
HTML = 1024 * 1024

# Lines that look like a delimiter of a boundary but are none: after so many, no further parts are sought.
BOUNDARY_CANDIDATES = 20_000

# Of a mail that is attached to another: what is read of it, as it travels.
ATTACHED = 1024 * 1024
