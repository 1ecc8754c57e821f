"""Reports made without pixels: their JSON as the extractor writes it, every row printed, with what a test wants."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from typing import Any

from extractor.indicator import load_catalogue
from extractor.records import Catalogue
from extractor.value import parse_period

FORM = "soctrang-cchc-huyen"
ROWS_A_PAGE = 25
DISTRICTS = {
    "941": "thành phố Sóc Trăng",
    "942": "huyện Châu Thành",
    "943": "huyện Kế Sách",
    "944": "huyện Mỹ Tú",
    "945": "huyện Cù Lao Dung",
    "946": "huyện Long Phú",
    "947": "huyện Mỹ Xuyên",
    "948": "thị xã Ngã Năm",
    "949": "huyện Thạnh Trị",
    "950": "thị xã Vĩnh Châu",
    "951": "huyện Trần Đề",
}


@cache
def form() -> Catalogue:
    """The form that they follow."""
    return load_catalogue(FORM)


def make_report(
    organisation: str = "949", period: str = "2022", *, number: str | None = None, **changes: dict[str, Any]
) -> tuple[bytes, str]:
    """The file's bytes and the JSON. `changes`: of an indicator's parts, by code with _ for its points.

    A change names keys of `value`; `row`, `note` and `others` in it are parts of their own.
    """
    data = f"{organisation}/{period}/{number}".encode()
    name = f"bao-cao-{organisation}-{period.replace('/', '-')}.pdf"
    tree = {
        "schema_version": "1.0",
        "outcome": "complete",
        "error": None,
        "document": {
            "source_name": name,
            "sha256": sha256(data).hexdigest(),
            "media_type": "application/pdf",
            "page_count": 9,
            "catalogue": {"name": FORM, "version": form().version, "confidence": 0.999},
            **_head(organisation, period, number or "319/BC-UBND"),
        },
        "indicators": [
            _indicator(index, changes.get(one.code.replace(".", "_"), {}))
            for index, one in enumerate(form().indicators)
        ],
        "unmatched_rows": [],
        "other_tables": [],
        "findings": [],
        "made_with": {"extractor": "0", "engines": {}, "catalogue": _form_as_named(), "models": {}},
    }
    return data, json.dumps(tree, ensure_ascii=False)


def edit(text: str, **changes: dict[str, Any]) -> str:
    """The JSON with other parts, as in `make_report`."""
    tree = json.loads(text)
    for one in tree["indicators"]:
        _change(one, changes.get(one["code"].replace(".", "_"), {}))
    return json.dumps(tree, ensure_ascii=False)


def edit_head(text: str, name: str, **change: Any) -> str:
    """The JSON with another field of the head."""
    tree = json.loads(text)
    tree["document"][name] |= change
    return json.dumps(tree, ensure_ascii=False)


def _form_as_named() -> str:
    return f"{FORM}@{form().version}+{form().sha256[:12]}"


def _head(organisation: str, period: str, number: str) -> dict[str, Any]:
    place = f"UBND {DISTRICTS[organisation]}"
    common = {"confidence": 0.9999, "status": "accepted", "page": 1, "box": [0.1, 0.1, 0.4, 0.12]}
    trust = {**common, "reasons": [], "evidence": None}
    span = dict(parse_period(period) or ())
    return {
        "organisation": {"raw": place.upper(), "value": place, "code": organisation, **trust},
        "report_number": {"raw": number, "value": number, **trust},
        "report_date": {"raw": None, "value": None, **trust, "page": None, "box": None},
        "period": {"raw": f"NĂM {period}", "value": period, **span, **trust},
    }


def _indicator(index: int, change: dict[str, Any]) -> dict[str, Any]:
    one = form().indicators[index]
    page, line = divmod(index, ROWS_A_PAGE)
    top = round(0.1 + line * 0.03, 5)
    row_box, box = [0.05, top, 0.95, round(top + 0.03, 5)], [0.55, top, 0.63, round(top + 0.03, 5)]
    place = {"page": page + 1, "box": box}
    trust = {"confidence": 0.9998, "status": "accepted"}
    value = {
        "state": "read" if one.type in ("count", "percent", "boolean") else "blank",
        "raw": "", "number": None, "text": None, "unit": one.unit, "type": one.type, **trust, "blind_check": False,
        "reasons": [], "alternatives": [], "readings": [], **place, "continued": [], "evidence": None,
    }  # fmt: skip
    if value["state"] == "read":
        value |= {"raw": "1", "number": 1} if one.type == "boolean" else {"raw": str(index), "number": index}
    tree = {
        "code": one.code,
        "label": one.label,
        "path": list(one.path),
        "row": {
            "state": "matched", "label_raw": one.label, "stt_raw": one.stt, **trust, "runner_up": None, "reasons": [],
            "page": page + 1, "box": row_box, "continued": [], "evidence": None, "label_confidence": 0.99,
            "label_status": "accepted", "label_evidence": None,
        },
        "value": value,
        "other_measures": [],
        "unit": {"raw": one.unit, "value": one.unit, **trust, **place, "evidence": None},
        "note": {"raw": "", "citations": [], "urls": [], **trust, **place, "continued": [], "evidence": None},
    }  # fmt: skip
    _change(tree, change)
    return tree


def _change(tree: dict[str, Any], change: dict[str, Any]) -> None:
    change = dict(change)
    row = change.pop("row", {})
    tree["row"] |= row
    tree["note"] |= change.pop("note", {})
    for name, other in change.pop("others", {}).items():
        tree["other_measures"].append({**tree["value"], **other, "measure": name})
    tree["value"] |= change
    if row.get("state") in ("absent", "unread"):
        gone = {"page": None, "box": None}
        tree["row"] |= {"label_raw": None, "stt_raw": None, **gone}
        tree["value"] |= {"state": row["state"], "raw": None, "number": None, **gone}
        tree["value"] |= {name: tree["row"][name] for name in ("confidence", "status", "reasons")}
        tree["unit"] |= {"raw": None, "value": None, **gone}
        tree["note"] |= {"raw": None, **gone}
