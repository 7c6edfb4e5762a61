"""The figures on a page: a table on a terminal, plain lines elsewhere, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.results import Row, Sample, Spread, of_rounds

NOTE = (
    "CPU µs (user + system) of the process tree under measure for each unit: median of the rounds (least to"
    " most). What the rows mean and what is not measured: benchmarks/README.md."
)


def as_json(command: str, facts: dict[str, Any], rows: list[Row]) -> str:
    """Return everything, every round of it, as JSON."""
    return json.dumps({"command": command, "facts": facts, "rows": [row.as_json() for row in rows]}, indent=2)


def show(console: Console, command: str, facts: dict[str, Any], rows: list[Row]) -> None:
    """Print the figures for a reader."""
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items())
    console.print(f"{command}\n{told}\n", soft_wrap=True, highlight=False)
    if console.is_terminal:
        console.print(_table(rows))
    else:
        for row in rows:
            console.print("\n".join(_lines(row)), soft_wrap=True, highlight=False)
    console.print(f"\n{NOTE}", soft_wrap=True, highlight=False)


def _table(rows: list[Row]) -> Table:
    table = Table(title="Server CPU beside its floor")
    names = ("what", "unit", "CPU µs", "floor µs", "ratio", "Redis µs", "PostgreSQL µs")
    for name in (*names, "/s", "p50 ms", "p99 ms", "SQL", "trips"):
        table.add_column(name, justify="left" if name in ("what", "unit") else "right")
    for row in rows:
        table.add_row(*_cells(row), style="red" if row.failures else None)
    return table


def _cells(row: Row) -> list[str]:
    title = f"{row.title} [dim]| {row.floor_title}[/dim]" if row.floor_title else row.title
    failed = f" FAILED {row.failures}" if row.failures else ""
    return [
        title + failed,
        row.unit,
        _spread(of_rounds(row.samples, lambda sample: sample.server_us)),
        _spread(of_rounds(row.floor, lambda sample: sample.server_us)) if row.floor else "",
        f"{row.ratio:.2f}" if row.ratio else "",
        _both(row, lambda sample: sample.redis_us),
        _both(row, lambda sample: sample.postgres_us),
        f"{of_rounds(row.samples, lambda sample: sample.per_second).middle:,.0f}",
        _ms(row, lambda sample: sample.p50_ms),
        _ms(row, lambda sample: sample.p99_ms),
        f"{row.trips.statements:.1f}" if row.trips else "",
        f"{row.trips.redis:.1f}" if row.trips else "",
    ]


def _lines(row: Row) -> list[str]:
    """Return a row as lines that a log keeps readable."""
    lines = [f"{row.name}: {row.title}", f"  {_figures(row.samples, row.unit)}"]
    if row.floor:
        lines.append(f"  floor ({row.floor_title}): {_figures(row.floor, row.unit)}")
    if row.ratio:
        lines.append(f"  {row.ratio:.2f} times its floor")
    if row.trips:
        lines.append(f"  {row.trips.statements:.1f} SQL statements, {row.trips.redis:.1f} Redis trips")
    if row.failures:
        lines.append(f"  FAILED: {row.failures}")
    return lines


def _figures(samples: list[Sample], unit: str) -> str:
    def of(value: Callable[[Sample], float]) -> Spread:
        return of_rounds(samples, value)

    return (
        f"{_spread(of(lambda s: s.server_us))} CPU µs/{unit}, Redis {_spread(of(lambda s: s.redis_us))},"
        f" PostgreSQL {_spread(of(lambda s: s.postgres_us))}; {of(lambda s: s.per_second).middle:,.0f}/s,"
        f" p50 {of(lambda s: s.p50_ms).middle:.2f} ms, p99 {of(lambda s: s.p99_ms).middle:.2f} ms"
        + (f", {of(lambda s: s.body_bytes).middle:,.0f} bytes" if samples[0].body_bytes else "")
    )


def _both(row: Row, value: Callable[[Sample], float]) -> str:
    own = f"{of_rounds(row.samples, value).middle:.1f}"
    return f"{own} | {of_rounds(row.floor, value).middle:.1f}" if row.floor else own


def _ms(row: Row, value: Callable[[Sample], float]) -> str:
    return f"{of_rounds(row.samples, value).middle:.2f}"


def _spread(spread: Spread) -> str:
    digits = 0 if spread.middle >= 100 else 2 if spread.middle < 10 else 1
    return f"{spread.middle:.{digits}f} ({spread.least:.{digits}f}-{spread.most:.{digits}f})"
