"""Frozen settings, a block per stage; extractor.toml < environment (EXTRACTOR_...) < flags."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractor.errors import UsageError


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IngestSettings(_Block):
    """Limits on what is opened."""

    max_bytes: int = Field(1 << 30, description="largest input file, bytes")
    max_pages: int = Field(2000, description="most pages in one file")
    max_pixels: int = Field(120_000_000, description="most pixels of one page image")


class PageSettings(_Block):
    """Rendering and straightening."""

    dpi: int = Field(300, ge=100, le=600, description="resolution at which vector pages and odd scans are rendered")


class ReadingSettings(_Block):
    """Engines."""

    engines: tuple[str, ...] = Field((), description="engines to use; empty: every engine that is installed")


class TrustSettings(_Block):
    """Acceptance."""

    target_error: float = Field(0.001, gt=0, lt=1, description="share of accepted numbers that may be wrong")
    target_error_text: float = Field(
        0.01, gt=0, lt=1, description="share of accepted units, notes and head fields that may be wrong"
    )
    blind_share: float = Field(0.02, ge=0, le=1, description="share of accepted cells drawn for a blind check")


class StoreSettings(_Block):
    """Where documents and decisions are kept."""

    files: str = Field(
        "", description="folder of originals; empty: beside an SQLite store, else in the user's data folder"
    )


class ReviewSettings(_Block):
    """What people are asked."""

    fields: tuple[str, ...] = Field(
        ("value", "row", "note"), description="fields of indicators that go to the queue: value, row, unit, note"
    )
    critical: tuple[str, ...] = Field((), description="codes that two people enter without seeing each other's entry")
    second_share: float = Field(0.0, ge=0, le=1, description="share of other values that two people enter so")
    gold_share: float = Field(
        0.02, ge=0, le=1, description="share of settled fields mixed in, to tell a person's error rate"
    )


class BulkSettings(_Block):
    """Limits of bulk runs."""

    page_seconds: float = Field(120.0, gt=0, description="longest time for one page")
    document_seconds: float = Field(3600.0, gt=0, description="longest time for one document")
    memory_mb: int = Field(3000, ge=200, description="most memory of one process, MiB")
    growth_mb: int = Field(600, ge=1, description="growth from which a process is replaced, MiB")
    documents_per_process: int = Field(100, ge=1, description="documents after which a process is replaced")
    free_mb: int = Field(200, ge=0, description="room on the disk below which a run stops, MiB")
    store_seconds: float = Field(120.0, ge=0, description="how long a run waits for a store or folder that is away")


class WatchSettings(_Block):
    """When a file that arrives is whole."""

    settle_seconds: float = Field(5.0, ge=0, description="how long size and time of a file must stay the same")
    incomplete_seconds: float = Field(120.0, ge=0, description="the same for a file that is empty or lacks its end")
    folder_seconds: float = Field(30.0, ge=0, description="how long the images of a folder must stay the same")
    poll_seconds: float = Field(2.0, gt=0, description="how often a folder is looked at")


class Settings(_Block):
    """All settings; build one with `load_settings`."""

    ingest: IngestSettings = IngestSettings()  # type: ignore[call-arg]
    page: PageSettings = PageSettings()  # type: ignore[call-arg]
    reading: ReadingSettings = ReadingSettings()  # type: ignore[call-arg]
    trust: TrustSettings = TrustSettings()  # type: ignore[call-arg]
    store: StoreSettings = StoreSettings()  # type: ignore[call-arg]
    review: ReviewSettings = ReviewSettings()  # type: ignore[call-arg]
    bulk: BulkSettings = BulkSettings()  # type: ignore[call-arg]
    watch: WatchSettings = WatchSettings()  # type: ignore[call-arg]


def load_settings(
    file: Path | None = None, environ: Mapping[str, str] | None = None, flags: Mapping[str, Any] | None = None
) -> Settings:
    """extractor.toml, then EXTRACTOR_<BLOCK>_<NAME>, then flags ("block.name": value; None is ignored).

    Raises UsageError that names the setting.
    """
    environ = os.environ if environ is None else environ
    file = file or Path("extractor.toml")
    tree: dict[str, dict[str, Any]] = {}
    if file.is_file():
        try:
            tree = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{file} is not valid TOML: {error}", "correct the file or remove it") from error
    for block_name, block in Settings.model_fields.items():
        for name in block.default.__class__.model_fields:
            key = f"EXTRACTOR_{block_name}_{name}".upper()
            if key in environ:
                tree.setdefault(block_name, {})[name] = _split(block_name, name, environ[key])
    if "EXTRACTOR_TARGET_ERROR" in environ:
        tree.setdefault("trust", {})["target_error"] = environ["EXTRACTOR_TARGET_ERROR"]
    for dotted, value in (flags or {}).items():
        if value is not None:
            block_name, name = dotted.split(".")
            tree.setdefault(block_name, {})[name] = _split(block_name, name, value)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"setting {where}: {first['msg']}", "see the settings table in the README") from error


def _split(block_name: str, name: str, value: Any) -> Any:
    """Text for a setting that is a list: its parts between commas."""
    block = Settings.model_fields.get(block_name)
    field = None if block is None else block.default.__class__.model_fields.get(name)
    is_list = field is not None and isinstance(field.default, tuple)
    return [part for part in value.split(",") if part] if is_list and isinstance(value, str) else value
