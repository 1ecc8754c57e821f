"""The tables of the store, as SQLAlchemy sees them; migrations/ makes and changes them.

Days and times are text in UTC (`2026-01-31T08:15:00.123456Z`), numbers of reports are text in their shortest
decimal form (`4304`, `60.22`), lists and trees are JSON text: the same in SQLite and PostgreSQL, and exact in both.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# ── what came in ──────────────────────────────────────────────────────────────────────────────────────────────────────
file = Table(
    "file",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("media_type", Text),
    Column("size", BigInteger, nullable=False),
    Column("page_count", Integer),
    Column("added_at", Text, nullable=False),
    comment="originals, kept under their sha256 in the folder of files",
)

report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("organisation_code", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("number", Text, nullable=False),
    UniqueConstraint("organisation_code", "period", "form", "number"),
    comment="organisation, period, form and number; its documents are scans and versions of it",
)

document = Table(
    "document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", Text, ForeignKey("file.sha256"), nullable=False),
    Column("part", Integer, nullable=False),  # 0: the whole file; from 1: a report within it
    Column("first_page", Integer),
    Column("last_page", Integer),
    Column("name", Text, nullable=False),
    Column("report_id", Integer, ForeignKey("report.id"), index=True),
    Column("version", Text, nullable=False),  # draft, signed, replaced
    Column("active", Boolean, nullable=False),
    Column("extraction_id", Integer),  # the current one
    Column("catalogue", Text),
    Column("catalogue_version", Text),
    Column("organisation_code", Text),
    Column("organisation", Text),
    Column("period", Text),
    Column("outcome", Text, nullable=False),
    Column("path", Text),
    Column("box", Text),  # shelfmark
    Column("folder", Text),
    Column("rescan_reason", Text),  # a person asked for a new scan
    Column("rescan_pages", Text),
    Column("added_at", Text, nullable=False),
    UniqueConstraint("sha256", "part"),
    comment="one report as it stands in one file, with its head as settled or read",
)

# ── what the machine said ─────────────────────────────────────────────────────────────────────────────────────────────
extraction = Table(
    "extraction",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", Integer, ForeignKey("document.id"), nullable=False, index=True),
    Column("at", Text, nullable=False),
    Column("cause", Text, nullable=False),  # extract, rematch, repair
    Column("outcome", Text, nullable=False),
    Column("error_code", Text),
    Column("accepted", Integer, nullable=False),
    Column("value_cells", Integer, nullable=False),
    Column("made_with", Text, nullable=False),
    Column("json", LargeBinary, nullable=False),  # the written JSON, zlib
    Column("readings", LargeBinary),  # table and head as read, before judging: zlib of JSON
    comment="each JSON that was written of a document; never changed",
)

page = Table(
    "page",
    metadata,
    Column("document_id", Integer, ForeignKey("document.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),  # read, unread, left-out
    Column("turned", Integer, nullable=False),  # quarter turns that a person ordered
)

cell = Table(
    "cell",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("extraction_id", Integer, ForeignKey("extraction.id"), nullable=False),
    Column("document_id", Integer, ForeignKey("document.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("code", Text),
    Column("field", Text, nullable=False),  # value, unit, note, row, stranger, organisation, ...
    Column("measure", Text),
    Column("position", Integer, nullable=False),  # order of print
    Column("label", Text, nullable=False),  # the catalogue's, or as printed where it has none
    Column("label_raw", Text),
    Column("unit", Text),
    Column("type", Text),
    Column("state", Text, nullable=False),
    Column("raw", Text),
    Column("number", Text),
    Column("text", Text),
    Column("confidence", Float, nullable=False),
    Column("status", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("alternatives", Text, nullable=False),
    Column("readings", Text, nullable=False),
    Column("page", Integer),
    Column("box", Text),
    Column("row_box", Text),
    Column("continued", Text, nullable=False),
    Column("blind", Boolean, nullable=False),
    UniqueConstraint("extraction_id", "key"),
    Index("ix_cell_document_id_key", "document_id", "key"),
    comment="the machine's word on each field, one set of rows an extraction; never changed",
)

finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", Integer, ForeignKey("document.id"), nullable=False, index=True),
    Column("extraction_id", Integer, ForeignKey("extraction.id")),
    Column("key", Text, nullable=False),  # finding/RULE/cells
    Column(
        "source", Text, nullable=False
    ),  # report: in the JSON; settled: on settled values; archive: against other reports
    Column("rule", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("cells", Text, nullable=False),
    Column("page", Integer),
    Column("message_vi", Text, nullable=False),
    Column("message_en", Text, nullable=False),
    Column("gone_at", Text),  # it no longer holds: values were settled, or a newer extraction
)

kept_form = Table(
    "kept_form",
    metadata,
    Column("sha256", Text, primary_key=True),  # of its folder
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),  # the catalogue as read: zlib of JSON
    Column("kept_at", Text, nullable=False),
    comment="forms that documents were judged by and that do not ship with the program",
)

# ── what people said ──────────────────────────────────────────────────────────────────────────────────────────────────
decision = Table(
    "decision",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # without gaps
    Column("request", Text, nullable=False, unique=True),  # the client's own id: sent twice, kept once
    Column("document_id", Integer, ForeignKey("document.id")),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("final", Boolean, nullable=False),  # False: a blind first entry, a gold cell: changes no value
    Column("user_name", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("seconds", Float),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("published", Text),  # what it means where the source is wrong, with its authority
    Column("extraction_id", Integer),
    Column("undoes", Integer),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_decision_document_id_key", "document_id", "key", "seq"),
    Index("ix_decision_undoes", "undoes"),
    Index("ix_decision_user_name_at", "user_name", "at"),
    comment="append-only, chained by hash",
)

chain = Table(
    "chain",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("id = 1", name="single"),
    comment="the last link of the decisions: its row is locked by who appends",
)

task = Table(
    "task",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", Integer, ForeignKey("document.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),  # open, done, postponed
    Column("rank", Integer, nullable=False),  # lowest first: see ranks in tasks.py
    Column("page", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("severity", Text),
    Column("reasons", Text, nullable=False),  # between spaces, to search in
    Column("catalogue", Text),
    Column("organisation_code", Text),
    Column("year", Text),
    Column("indicator", Text),
    Column("reading", Text),  # the number as read, for the group screen
    Column("entries", Integer, nullable=False),  # how many people must enter it blind; 1: one, who sees the reading
    Column("lease_by", Text),
    Column("lease_token", Text),
    Column("lease_until", Text),
    Column("updated_at", Text, nullable=False),
    UniqueConstraint("document_id", "key"),
    Index("ix_task_queue", "state", "rank", "document_id", "page", "position"),
    Index("ix_task_group", "state", "indicator", "reading"),
    comment="what needs a person; derived from cells, findings and decisions, and can be made again from them",
)

mute = Table(
    "mute",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("catalogue", Text, nullable=False),
    Column("catalogue_version", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("cells", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("revoked_by", Text),
    Column("revoked_at", Text),
    comment="a defect of a form's template, settled once for the version",
)

# ── who they are ──────────────────────────────────────────────────────────────────────────────────────────────────────
user = Table(
    "person",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password", Text, nullable=False),  # argon2
    Column("role", Text, nullable=False),  # viewer, reviewer, adjudicator, administrator
    Column("language", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Text, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token", Text, primary_key=True),  # sha256 of the cookie
    Column("user_name", Text, ForeignKey("person.name"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_name", Text, nullable=False, index=True),
    Column("address", Text, nullable=False, index=True),
    Column("at", Text, nullable=False),
    Column("failed", Boolean, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Text, nullable=False),
    Column("revoked_at", Text),
    comment="for programs that read the HTTP API",
)

# ── bulk runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────
bulk_run = Table(
    "bulk_run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("born", Text, nullable=False),  # of the process, so that a number used again is not taken for it
    Column("purpose", Text, nullable=False),  # bulk, watch, worker
    Column("beat", Integer, nullable=False),  # counts up while it lives
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("folders", Text),  # that it watches and writes to, as JSON
    comment="processes that hold documents of the ledger; one whose beat stands still holds nothing",
)

bulk_document = Table(
    "bulk_document",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("position", Integer, nullable=False),  # order of work
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("target", Text, nullable=False, unique=True),  # of its JSON, relative, without suffix
    Column("box", Text),
    Column("folder", Text),
    Column("size", BigInteger, nullable=False),
    Column("state", Text, nullable=False),  # waiting, running, done, partial, failed, quarantined
    Column("attempts", Integer, nullable=False),  # counted before each starts
    Column("faults", Integer, nullable=False),  # attempts that the document itself ended
    Column("lost", Integer, nullable=False),  # attempts that ended from outside, without a word
    Column("skip", Text, nullable=False),  # pages that are left out: each ended an attempt
    Column("run_id", Text, ForeignKey("bulk_run.id")),
    Column("token", Text),  # of the attempt that runs: only its holder may end it
    Column("started_at", Text),
    Column("ended_at", Text),
    Column("seconds", Float),
    Column("cpu_seconds", Float),
    Column("pages", Integer),
    Column("reports", Integer),
    Column("accepted", Integer),
    Column("value_cells", Integer),
    Column("code", Text),  # why it failed or is in quarantine
    Column("message", Text),
    Column("advice", Text),
    Column("versions", Text),  # of program, engines, models, forms and settings that it was done with
    Column("stage", Text),  # what is being done while it runs
    Column("page", Integer),
    Column("images", Integer, nullable=False, server_default="0"),  # of a folder, that are its pages; 0: it is a file
    Index("ix_bulk_document_state_position", "state", "position"),
    comment="the ledger of bulk runs: one row a document by its bytes",
)

bulk_path = Table(
    "bulk_path",
    metadata,
    Column("path", Text, primary_key=True),
    Column("sha256", Text, nullable=False, index=True),
    Column("stamp", Text, nullable=False),  # size and time of change: the same ones, the same bytes
    Column("target", Text),  # of the JSON under this path's own name; a double has one too
    comment="where documents of the ledger lie; one that came twice has two",
)
