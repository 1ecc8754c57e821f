"""The values of a real district report -> table, matching and head as a perfect reading would hand them on."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from extractor.indicator import load_catalogue
from extractor.records import Catalogue, Field, Head, HeadLine, Matching, Piece, Row, RowMatch, Table
from extractor.value import find_head

HEAD = (
    "PHỤ LỤC 2",
    "BẢNG 2",
    "THỐNG KÊ SỐ LIỆU VÀ KẾT QUẢ THỰC HIỆN CÔNG TÁC CẢI CÁCH HÀNH CHÍNH",
    "NĂM 2022 TẠI UBND HUYỆN THANH TRỊ",
    "(Kèm theo Báo cáo số 319 /BC-UBND ngày 16 tháng 12 năm 2022 của UBND huyện Thanh Trị)",
)


@lru_cache(maxsize=1)
def seed_catalogue() -> Catalogue:
    return load_catalogue("soctrang-cchc-huyen")


def seed_lines() -> tuple[HeadLine, ...]:
    return tuple(HeadLine(text, 0.99, Piece(1, (0.1, 0.03 * i, 0.9, 0.03 * i + 0.02))) for i, text in enumerate(HEAD))


def seed_head() -> Head:
    return find_head(seed_lines(), seed_catalogue().places)


def _field(text: str, page: int) -> Field:
    return Field(text, "read" if text else "blank", 0.99, (Piece(page, (0.1, 0.1, 0.2, 0.2)),))


def seed_table() -> tuple[Table, Matching]:
    rows, matches = [], []
    with Path(__file__).with_name("seed_values.csv").open(encoding="utf-8", newline="") as file:
        for index, line in enumerate(csv.DictReader(file)):
            page = int(line["page"])
            stt, label, unit, value, note = (_field(line[n], page) for n in ("stt", "label", "unit", "value", "note"))
            rows.append(Row(index, stt, label, unit, value, note, (), (Piece(page, (0.1, 0.1, 0.9, 0.2)),)))
            matches.append(RowMatch(index, line["code"], 0.999))
    table = Table(tuple(rows), "Số lượng/ tỷ lệ", seed_lines(), tuple(range(1, 10)))
    return table, Matching(tuple(matches), (), 1.0)
