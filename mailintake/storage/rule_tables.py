"""The tables of what routing rules leave behind."""

from sqlalchemy import Column, Date, Integer, Table, Text

from mailintake.storage.columns import metadata

# Whose turn it was last in each team that takes turns.
rotation = Table(
    "rotation",
    metadata,
    Column("team", Text, primary_key=True),
    Column("agent", Text, nullable=False),
)

# How many mails each rule decided on each day (UTC), and how many it would have in its shadow.
rule_hit = Table(
    "rule_hit",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("applied", Integer, nullable=False),
    Column("shadow", Integer, nullable=False),
)
