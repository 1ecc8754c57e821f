"""Catalogue folders as clerks edit them: what loads, and what the errors say."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from extractor.errors import CatalogueError
from extractor.indicator import list_catalogues, load_catalogue
from extractor.resources import resource_path

SHIPPED = "soctrang-cchc-huyen"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue."""
    return Path(shutil.copytree(resource_path("reference") / "catalogues" / SHIPPED, tmp_path / "mine"))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_catalogue() -> None:
    catalogue = load_catalogue(SHIPPED)
    assert SHIPPED in list_catalogues()
    assert (catalogue.name, catalogue.version) == (SHIPPED, "2022")
    assert (len(catalogue.indicators), len(catalogue.rules)) == (211, 110)
    assert [indicator.order for indicator in catalogue.indicators] == list(range(211))
    assert len({indicator.path for indicator in catalogue.indicators}) == 211
    place = next(place for place in catalogue.places if place.code == "949")
    assert (place.name, place.communes, len(place.commune_names)) == ("Huyện Thạnh Trị", 10, 10)
    assert {indicator.type for indicator in catalogue.indicators} == {
        "count", "percent", "boolean", "enum", "text", "header"
    }  # fmt: skip


def test_units_of_indicators_are_known_units() -> None:
    catalogue = load_catalogue(SHIPPED)
    known = {unit.name for unit in catalogue.units}
    assert {indicator.unit for indicator in catalogue.indicators if indicator.unit} <= known


def test_a_path_loads_the_same(folder: Path) -> None:
    assert load_catalogue(folder) == load_catalogue(SHIPPED)
    assert load_catalogue(str(folder)).sha256 == load_catalogue(SHIPPED).sha256


def test_every_edit_changes_the_sha256(folder: Path) -> None:
    _edit(folder / "units.csv", "Hồ sơ", "Bộ hồ sơ")
    assert load_catalogue(folder).sha256 != load_catalogue(SHIPPED).sha256


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_sheets_as_excel_saves_them(folder: Path, mark: str, delimiter: str, newline: str) -> None:
    lines = [
        "code,level,parent,stt,label,variants,unit,type,enum_codes",
        'A,section,,I,"Một, hai; ba",,,header,',
        ",,,,,,,,",
    ]
    lines += ["A.1,item,A,1,Số hồ sơ,Số bộ hồ sơ|Hồ sơ,Hồ sơ,count,"]
    text = newline.join(line.replace(",", delimiter) if '"' not in line else line for line in lines)
    text = text.replace('A,section,,I,"Một, hai; ba",,,header,', delimiter.join(
        ["A", "section", "", "I", '"Một, hai; ba"', "", "", "header", ""]
    ))  # fmt: skip
    (folder / "indicators.csv").write_bytes((mark + text + newline).encode())
    (folder / "rules.csv").write_text("id,type,expression,strength,tolerance,description\n", encoding="utf-8")
    first, second = load_catalogue(folder).indicators
    assert first.label == "Một, hai; ba"
    assert second.path == ("Một, hai; ba", "Số hồ sơ")
    assert second.variants == ("Số bộ hồ sơ", "Hồ sơ")


def test_excels_own_first_line_is_skipped(folder: Path) -> None:
    path = folder / "units.csv"
    path.write_text("sep=,\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_catalogue(folder).units == load_catalogue(SHIPPED).units


def test_places_may_be_the_catalogues_own(folder: Path) -> None:
    lines = "province,district_code,district,commune_count,commune\nX,1,Huyện A,2,Xã B\nX,1,Huyện A,2,Xã C\n"
    (folder / "places.csv").write_text(lines, encoding="utf-8")
    (place,) = load_catalogue(folder).places
    assert (place.name, place.communes, place.commune_names) == ("Huyện A", 2, ("Xã B", "Xã C"))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("indicators.csv", "\nI.1.2,", "\nI.1.1,", "indicators.csv line 5, column code: I.1.1 stands twice"),
        ("indicators.csv", "\nI.1.1,item,I.1,", "\nI.1.1,item,I.9,", "line 4, column parent: no indicator I.9 above"),
        ("indicators.csv", "Nhiệm vụ,count,", "Nhiệm vụ,number,", "line 4, column type: 'number' is no type"),
        ("indicators.csv", "\nI.1.1,", "\n,", "line 4, column code: it is empty"),
        ("indicators.csv", "0=Không|1=Có", "Không/Có", "column enum_codes"),
        ("indicators.csv", "0=Không|1=Có", "0=Không|0=Có", "column enum_codes"),
        ("indicators.csv", "0=Không|1=Có", "", "column enum_codes"),
        ("indicators.csv", "code,level", "code,tier", "line 1: column level is missing"),
        ("indicators.csv", "code,level,parent", "code,level,code", "line 1: column code stands twice"),
        ("indicators.csv", "Số nhiệm vụ đề ra trong kế hoạch", '"Số nhiệm vụ', "close every quotation mark"),
        ("indicators.csv", "Số nhiệm vụ đề ra trong kế hoạch", "Số, nhiệm, vụ", "line 4 has 11 cells, the header 9"),
        ("rules.csv", "{III.2.3.1}", "{III.2.3.9}", "rules.csv line 2, column expression: no indicator III.2.3.9"),
        ("rules.csv", "{III.2.3} ==", "III.2.3 ==", "column expression"),
        ("rules.csv", "{III.2.3.1} +", "{III.2.3.1} + total +", "column expression"),
        ("rules.csv", ",hard,", ",strict,", "line 2, column strength: 'strict'"),
        ("rules.csv", "\nSUM-02,", "\nSUM-01,", "line 3, column id"),
        ("rules.csv", ",hard,,", ",hard,little,", "line 2, column tolerance: 'little'"),
        ("units.csv", "boolean", "yesno", "units.csv line 2, column kind: 'yesno'"),
        ("catalogue.toml", 'version = "2022"', "", "catalogue.toml has no version"),
        ("catalogue.toml", 'version = "2022"', "version = 2022", "catalogue.toml has no version"),
        ("catalogue.toml", "titles = [", "titles = ", "catalogue.toml"),
    ],
)
def test_errors_say_where_and_what_to_do(folder: Path, file: str, old: str, new: str, says: str) -> None:
    _edit(folder / file, old, new)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert says in f"{caught.value.message}; {caught.value.advice}"
    assert file in caught.value.message
    assert caught.value.advice


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "rules.csv").unlink()
    with pytest.raises(CatalogueError, match=r"rules\.csv cannot be opened"):
        load_catalogue(folder)


def test_a_file_in_another_encoding_is_told(folder: Path) -> None:
    (folder / "units.csv").write_bytes("unit,kind,variants\nHồ sơ,count,\n".encode("utf-16"))
    with pytest.raises(CatalogueError, match="not UTF-8"):
        load_catalogue(folder)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue("nowhere")
    assert SHIPPED in caught.value.advice


def test_a_tolerance_may_be_half_the_last_decimal_or_a_number(folder: Path) -> None:
    _edit(folder / "rules.csv", ",hard,,", ',hard,"0,5",')
    tolerances = {rule.tolerance for rule in load_catalogue(folder).rules}
    assert Decimal("0.5") in tolerances
