"""The first schema of a target: observations that are published, their history, runs, series, and views for readers.

Revision e0001.
"""

from __future__ import annotations

from alembic import op

revision = "e0001"
down_revision = None
branch_labels = None
depends_on = None

TEXTS = (
    "ref_area", "ref_area_label", "time_period", "period_from", "period_to", "period_kind", "form", "form_version",
    "indicator", "indicator_label", "measure", "value_type",
)  # fmt: skip
MORE_TEXTS = (
    "obs_text", "unit_measure", "obs_status", "review_status", "cell_state", "raw", "unsettled_value", "reasons",
    "settled_kind", "settled_by", "settled_at", "why",
)  # fmt: skip
BOX = ("box_x0", "box_y0", "box_x1", "box_y1")
SHOWN = (
    "obs_id, ref_area, ref_area_label, time_period, form, form_version, indicator, indicator_label, measure,"
    " value_type, obs_value, obs_text, unit_measure, obs_status, review_status, settled_by, settled_at,"
    " confidence, revision"
)

VIEWS = {
    "current_values": """
SELECT o.*, p.link || o.obs_id AS trace FROM observation o CROSS JOIN publisher p
WHERE o.review_status IN ('accepted', 'settled')""",
    "in_review": """
SELECT o.*, p.link || o.obs_id AS trace FROM observation o CROSS JOIN publisher p
WHERE o.review_status NOT IN ('accepted', 'settled')""",
    "series": """
SELECT o.ref_area, o.ref_area_label, o.form, COALESCE(s.series, o.indicator) AS series, o.measure, o.period_kind,
  o.time_period, o.period_from, o.period_to, o.obs_value, o.obs_text, o.unit_measure, o.obs_status, o.form_version,
  o.indicator, o.indicator_label, o.revision, o.obs_id, o.trace
FROM current_values o LEFT JOIN indicator_series s
  ON s.form = o.form AND s.form_version = o.form_version AND s.indicator = o.indicator""",
    "revisions": f"""
SELECT {SHOWN}, changed_at, run, NULL AS ended_at, NULL AS ended_run, NULL AS ended_by FROM observation
UNION ALL
SELECT {SHOWN}, changed_at, run, ended_at, ended_run, ended_by FROM observation_history""",
}


def upgrade() -> None:
    """Make tables and views."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    real = "REAL" if sqlite else "DOUBLE PRECISION"
    texts = [f"{name} TEXT" for name in TEXTS]
    more = [f"{name} TEXT" for name in MORE_TEXTS]
    rest = ["note TEXT", "note_status TEXT", "sha256 TEXT", "document INTEGER", "source_name TEXT", "page INTEGER"]
    own = ["store TEXT NOT NULL", "revision INTEGER NOT NULL", "run TEXT NOT NULL", "changed_at TEXT NOT NULL"]
    columns = ["obs_id TEXT NOT NULL", *texts, "obs_value NUMERIC", *more, f"confidence {real}", *rest]
    columns += [*(f"{name} {real}" for name in BOX), *own]
    op.execute(f"CREATE TABLE observation ({', '.join(columns)}, PRIMARY KEY (obs_id))")
    op.execute("CREATE INDEX ix_observation_area ON observation (ref_area, time_period)")
    ended = ["ended_run TEXT NOT NULL", "ended_at TEXT NOT NULL", "ended_by TEXT NOT NULL"]
    op.execute(f"CREATE TABLE observation_history ({', '.join((*columns, *ended))}, PRIMARY KEY (obs_id, revision))")
    op.execute(
        "CREATE TABLE export_run (id TEXT PRIMARY KEY, store TEXT NOT NULL, at TEXT NOT NULL,"
        " inserted INTEGER NOT NULL, changed INTEGER NOT NULL, withdrawn INTEGER NOT NULL)"
    )
    op.execute(
        "CREATE TABLE indicator_series (form TEXT NOT NULL, form_version TEXT NOT NULL, indicator TEXT NOT NULL,"
        " series TEXT NOT NULL, PRIMARY KEY (form, form_version, indicator))"
    )
    op.execute("CREATE TABLE publisher (id INTEGER PRIMARY KEY CHECK (id = 1), link TEXT NOT NULL)")
    op.execute("INSERT INTO publisher (id, link) VALUES (1, 'extractor trace ')")
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    """Remove everything."""
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")
    for name in ("publisher", "indicator_series", "export_run", "observation_history", "observation"):
        op.execute(f"DROP TABLE {name}")
