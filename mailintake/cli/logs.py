"""Log lines: one per event, key=value, to stderr; readable on a terminal, never a stranger's line break."""

import logging
import re
import sys

import structlog

LONGEST = 1000
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_ACTING_BUT_LINES = re.compile(f"(?!\n){_ACTING.pattern}")


def configure(level: int = logging.INFO) -> None:
    """Route structlog and the libraries' logging the same way; lines below `level` are dropped."""
    is_terminal = sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(pad_event_to=24, exception_formatter=structlog.dev.plain_traceback)
        if is_terminal
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, harmless, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("apscheduler", "alembic", "mail.log", "uvicorn", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def harmless(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Every text in a line with what would act on a terminal written out, and cut, but for a traceback's lines."""
    return {name: _written_out(name, value) if isinstance(value, str) else value for name, value in event.items()}


def _written_out(name: str, text: str) -> str:
    if name == "exception":
        return _ACTING_BUT_LINES.sub(_escaped, text)
    return _ACTING.sub(_escaped, text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _escaped(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]
