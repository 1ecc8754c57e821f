"""What a document is read with, as one text: other versions, another text, and it is read again."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

from extractor.bulk.order import Order
from extractor.errors import UsageError
from extractor.settings import Settings

if TYPE_CHECKING:
    from extractor.report import MadeWith

RESULT_BLOCKS = ("ingest", "page", "reading", "trust")  # of settings that results depend on
ASK_SECONDS = 300


def ask_versions(order: Order) -> str:
    """The same as `find_versions`, by a process that ends: engines tell theirs only once they are loaded."""
    return find_versions(_ask_made_with(order.settings.reading.engines), order)


@cache
def _ask_made_with(engines: tuple[str, ...]) -> MadeWith:
    from extractor.report import MadeWith

    command = [sys.executable, "-m", "extractor.bulk.versions", *engines]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_SECONDS, check=True)
        return MadeWith.model_validate_json(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise UsageError("the engines can't be loaded", "see extractor doctor") from error


def tell_made_with(engines: tuple[str, ...]) -> str:
    """What this installation reads with, as JSON."""
    from extractor.pipeline import made_with
    from extractor.reading import load_engines

    return made_with(load_engines(engines)).model_dump_json()


def find_versions(made: MadeWith, order: Order) -> str:
    """Of everything that a new reading would be different for: program, engines, models, forms, settings."""
    from extractor.indicator import digest_catalogue, list_catalogues

    forms = [order.catalogue] if order.catalogue else list_catalogues()
    parts = {
        "extractor": made.extractor,
        "engines": made.engines,
        "models": made.models,
        "forms": {str(name): digest_catalogue(name)[:12] for name in forms},
        "settings": changed_settings(order.settings),
    }
    return json.dumps(parts, sort_keys=True)


def changed_settings(settings: Settings) -> dict[str, object]:
    """Those that results depend on and that are not the usual ones."""
    usual = Settings().model_dump(mode="json")
    own = settings.model_dump(mode="json")
    return {
        f"{block}.{name}": value
        for block in RESULT_BLOCKS
        for name, value in own[block].items()
        if value != usual[block][name]
    }


if __name__ == "__main__":
    print(tell_made_with(tuple(sys.argv[1:])))
