"""The tables of a target of our own: columns, and the statements that move what is staged into them."""

from __future__ import annotations

from extractor.export.columns import COLUMNS, Column

CONTENT: tuple[Column, ...] = tuple(one for one in COLUMNS if one.name != "REVISION")  # a target counts its own
NAMES = tuple(one.name.lower() for one in CONTENT)
KEY = "obs_id"
VALUES = tuple(name for name in NAMES if name != KEY)
VALUE_AT = NAMES.index("obs_value")

ALL = ", ".join(NAMES)


def _of(table: str, names: tuple[str, ...] = NAMES) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


def differ(one: str, other: str, *, sqlite: bool) -> str:
    """The condition that two rows are not the same; nulls are."""
    sign = "IS NOT" if sqlite else "IS DISTINCT FROM"
    return f"({_of(one, VALUES)}) {sign} ({_of(other, VALUES)})"


def type_of(one: Column, *, sqlite: bool) -> str:
    """A column's type in either database."""
    numbers = {"number": "NUMERIC", "fraction": "REAL" if sqlite else "DOUBLE PRECISION", "integer": "INTEGER"}
    return numbers.get(one.kind, "TEXT")


def make_staging(*, sqlite: bool) -> tuple[str, ...]:
    """Tables of this connection alone: rows as they arrive, those that differ from what is there, ids of all."""
    columns = ", ".join(f"{name} {type_of(one, sqlite=sqlite)}" for name, one in zip(NAMES, CONTENT, strict=True))
    shapes = {"arrived": columns, "staged": columns, "seen": f"{KEY} TEXT"}
    end = "" if sqlite else " ON COMMIT DROP"
    names = (*shapes, "changed")
    drop = (f"DROP TABLE IF EXISTS {'temp' if sqlite else 'pg_temp'}.{name}" for name in names)
    return (*drop, *(f"CREATE TEMP TABLE {name} ({shape}){end}" for name, shape in shapes.items()))


# by the index of what is there, a batch at a time: rows of a document lie together, so nothing is sorted or spilled.
# Compiling the comparison takes longer than a hundred thousand of them.
BY_INDEX = ("jit", "enable_hashjoin", "enable_mergejoin", "enable_seqscan")
WITH_ROOM = ("SET LOCAL work_mem = '128MB'", f"ANALYZE seen ({KEY})", f"ANALYZE staged ({KEY})")
KEEP_SEEN = f"INSERT INTO seen SELECT {KEY} FROM arrived"
# after they are filled, which takes half of the time
INDICES = tuple(f"CREATE UNIQUE INDEX {{prefix}}{table}_{KEY} ON {table} ({KEY})" for table in ("seen", "staged"))


def keep_differing(*, sqlite: bool) -> str:
    """Of what arrived, that which is not there already, word for word and from this store. Parameter: store."""
    return f"""
INSERT INTO staged SELECT {_of("a")} FROM arrived a LEFT JOIN observation o ON o.{KEY} = a.{KEY}
WHERE o.{KEY} IS NULL OR o.store <> :store OR {differ("o", "a", sqlite=sqlite)}"""


def make_changed(*, sqlite: bool) -> str:
    """What differs between what is staged and what is there. Parameter: store."""
    return f"""
CREATE TEMP TABLE changed {"" if sqlite else "ON COMMIT DROP "}AS
SELECT s.{KEY}, CASE WHEN o.{KEY} IS NULL THEN 'insert' ELSE 'change' END AS action,
  COALESCE(o.revision, (SELECT MAX(h.revision) FROM observation_history h WHERE h.{KEY} = s.{KEY}), 0) + 1 AS revision
FROM staged s LEFT JOIN observation o ON o.{KEY} = s.{KEY}
UNION ALL
SELECT o.{KEY}, 'withdraw', o.revision FROM observation o
WHERE o.store = :store AND NOT EXISTS (SELECT 1 FROM seen s WHERE s.{KEY} = o.{KEY})"""


IS_NEW = "SELECT NOT EXISTS (SELECT 1 FROM observation) AND NOT EXISTS (SELECT 1 FROM observation_history)"
STRANGE = f"SELECT COUNT(*) FROM staged s JOIN observation o ON o.{KEY} = s.{KEY} WHERE o.store <> :store"
KEEP_OLD = f"""
INSERT INTO observation_history ({ALL}, store, revision, run, changed_at, ended_run, ended_at, ended_by)
SELECT {_of("o")}, o.store, o.revision, o.run, o.changed_at, :run, :at,
  CASE WHEN c.action = 'withdraw' THEN 'withdrawn' ELSE 'changed' END
FROM observation o JOIN changed c ON c.{KEY} = o.{KEY} WHERE c.action <> 'insert'"""
WITHDRAW = f"DELETE FROM observation WHERE {KEY} IN (SELECT {KEY} FROM changed WHERE action = 'withdraw')"
COUNTS = "SELECT action, COUNT(*) FROM changed GROUP BY action"
DETAILS = f"""
SELECT c.action, {", ".join(f"o.{name} AS old_{name}" for name in NAMES)}, {_of("s")}
FROM changed c LEFT JOIN observation o ON o.{KEY} = c.{KEY} LEFT JOIN staged s ON s.{KEY} = c.{KEY}
ORDER BY c.{KEY}"""
WRITTEN = f"""
SELECT {KEY}, revision, document, 'published' AS action FROM observation WHERE run = :run
UNION ALL
SELECT {KEY}, revision, document, 'withdrawn' FROM observation_history WHERE ended_run = :run AND ended_by = 'withdrawn'
ORDER BY {KEY}"""


def publish(*, sqlite: bool) -> str:
    """Staged observations into the table of those that are published: new ones, and those that differ."""
    sets = ", ".join(f"{name} = excluded.{name}" for name in (*VALUES, "store", "revision", "run", "changed_at"))
    return f"""
INSERT INTO observation ({ALL}, store, revision, run, changed_at)
SELECT {_of("s")}, :store, c.revision, :run, :at FROM staged s JOIN changed c ON c.{KEY} = s.{KEY} WHERE true
ON CONFLICT ({KEY}) DO UPDATE SET {sets}
WHERE {differ("observation", "excluded", sqlite=sqlite)}"""
