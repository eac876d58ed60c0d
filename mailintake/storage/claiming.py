"""How work is claimed from a queue: one statement, in which two hosts never take the same row."""

from sqlalchemy import ColumnElement, Table, Update, bindparam, select, update


def claiming(queue: Table, *wanted: ColumnElement[bool]) -> Update:
    """UPDATE … RETURNING of at most `most` rows that are due at `now`, the longest waiting first, leased to `until`.

    The attempt counts from here. The three names are parameters; `wanted` says which rows wait at all.
    """
    waiting = (
        select(queue.c.id)
        .where(queue.c.next_attempt_at <= bindparam("now"), *wanted)
        .order_by(queue.c.next_attempt_at, queue.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("picked")  # run once; of a sub-query PostgreSQL may make a join that takes more than the limit
    )
    return (
        update(queue)
        .where(queue.c.id.in_(select(waiting.c.id)))
        .values(attempts=queue.c.attempts + 1, next_attempt_at=bindparam("until"))
        .returning(*queue.c)
    )
