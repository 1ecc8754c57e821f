"""A catalogue and a seed -> the rows of a report that an office might print and an engine might read, with their codes.

Strangers and slips are drawn from what domain experts list, not from any one report.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, replace

from extractor.records import Catalogue, Field, HeadLine, Indicator, Piece, Row, Table

STRANGERS = (
    "Số hồ sơ TTHC trễ hạn",
    "Số hồ sơ TTHC do UBND cấp huyện giải quyết trễ hạn",
    "Số hồ sơ TTHC do UBND cấp xã giải quyết trước hạn",
    "Số hồ sơ TTHC kỳ trước chuyển qua",
    "Số hồ sơ TTHC đang giải quyết còn trong hạn",
    "Số hồ sơ TTHC đang giải quyết đã quá hạn",
    "Số thư xin lỗi đã gửi người dân, doanh nghiệp",
    "Số cuộc đối thoại với người dân, doanh nghiệp",
    "Số lớp tập huấn về CCHC đã tổ chức",
    "Số cán bộ, công chức được tập huấn CCHC",
    "Số TTHC thực hiện theo nguyên tắc 4 tại chỗ",
    "Số TTHC nội bộ đã công bố",
    "Số TTHC nội bộ được đơn giản hóa",
    "Số PAKN tiếp nhận trên Cổng Dịch vụ công quốc gia",
    "Tỷ lệ hồ sơ TTHC được số hóa",
    "Số hồ sơ được số hóa kết quả giải quyết TTHC",
    "Tỷ lệ hồ sơ thanh toán trực tuyến",
    "Số giao dịch thanh toán trực tuyến thành công",
    "Số tài khoản định danh điện tử đã kích hoạt",
    "Tổng số nhiệm vụ thuộc Đề án 06",
    "Chỉ số hài lòng SIPAS năm trước",
    "Xếp hạng Chỉ số CCHC của đơn vị",
    "Số mô hình, cách làm hay về cải cách hành chính",
    "Số lượng tổ công nghệ số cộng đồng",
    "Số công chức được nâng lương trước thời hạn",
    "Kinh phí chi cho công tác CCHC (triệu đồng)",
    "Số máy tính được trang bị mới",
    "Số văn bản mật gửi bằng văn bản giấy",
    "Số vụ khiếu nại, tố cáo đã giải quyết",
    "Số lãnh đạo cấp phòng được luân chuyển",
    "Số viên chức nghỉ hưu trong kỳ báo cáo",
    "Ghi nhận của đoàn kiểm tra",
    "Số thôn, ấp có tổ chuyển đổi số",
    "Diện tích trụ sở làm việc bộ phận một cửa",
)  # rows that offices add
EXPANSIONS = (
    ("TTHC", "thủ tục hành chính"),
    ("CCHC", "cải cách hành chính"),
    ("VBQPPL", "văn bản quy phạm pháp luật"),
    ("SNCL", "sự nghiệp công lập"),
    ("UBND", "Ủy ban nhân dân"),
    ("BCCI", "bưu chính công ích"),
    ("CNTT", "công nghệ thông tin"),
    ("QLCL", "quản lý chất lượng"),
    ("NSNN", "ngân sách nhà nước"),
    ("DVC", "dịch vụ công"),
)
OTHER_WORDS = (
    ("đúng hạn", "trễ hạn"),
    ("cấp huyện", "cấp tỉnh"),
    ("cấp xã", "cấp tỉnh"),
    ("đã", "chưa"),
    ("công chức", "người lao động"),
    ("tiếp nhận", "trả lại"),
    ("được", "không được"),
    ("Tổng số", "Tỷ lệ"),
    ("Số", "Tỷ lệ"),
    ("lãnh đạo", "nhân viên"),
    ("TTHC", "TTHC nội bộ"),
    ("hồ sơ", "hồ sơ tồn đọng"),
)  # what makes a row that looks like one of the form's to one that is not
CONFUSIONS = (
    "il",
    "l1",
    "i1",
    "ce",
    "oe",
    "hb",
    "nm",
    "uv",
    "tf",
    "đd",
    "aă",
    "aâ",
    "oô",
    "oơ",
    "eê",
    "uư",
    "gq",
    "O0",
)
TONES = "\u0300\u0301\u0303\u0309\u0323"
TAILS = (" (nếu có)", " trong kỳ báo cáo", " (lũy kế)", " năm 2023", " *", " ./.", ":", ".", ";")


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed row and the indicator that it prints (None: a stranger)."""

    code: str | None
    stt: str
    label: str
    unit: str
    filled: bool


@dataclass(frozen=True, slots=True)
class Habit:
    """How an office prints and how badly an engine reads; shares of rows, but `slips` (most a label), `cer` (of chars).

    `likenesses`: strangers one word away from a row, beside it, or `replacing` it.
    """

    slipped: float = 0.1
    slips: int = 1
    dropped: float = 0.03
    blocks_dropped: float = 0.02
    strangers: int = 2
    likenesses: int = 0
    replacing: bool = False
    moved: bool = False
    sections_moved: bool = False
    cer: float = 0.0
    unread: float = 0.0
    cut: float = 0.0
    unit_wrong: float = 0.05
    stt: str = "form"


def print_report(catalogue: Catalogue, habit: Habit, seed: int) -> tuple[Printed, ...]:
    """The rows of one report by this habit; the same seed gives the same rows."""
    rng = random.Random(seed)
    rows: list[Printed] = []
    for indicator in _order(catalogue, habit, rng):
        rows.append(
            Printed(
                indicator.code, indicator.stt, indicator.label, indicator.unit,
                indicator.type != "header" and rng.random() < 0.6,
            )
        )  # fmt: skip
    rows = [row for row in rows if rng.random() >= habit.dropped]
    for _ in range(habit.strangers):
        unit = rng.choice(("TTHC", "Hồ sơ", "Người", "%", "Văn bản", "", "Lượt"))
        rows.insert(rng.randrange(1, len(rows) + 1), Printed(None, "", rng.choice(STRANGERS), unit, True))
    for _ in range(habit.likenesses):
        _add_likeness(rows, habit, rng)
    rows = [_slipped(row, habit, rng) for row in rows]
    return tuple(_numbered(rows, habit, rng))


def table_of(printed: tuple[Printed, ...], title: str = "") -> Table:
    """The printed rows as the table stage hands them on."""
    rows = tuple(
        Row(
            index,
            _field(row.stt),
            _field(row.label),
            _field(row.unit),
            _field("1" if row.filled else ""),
            _field(""),
            pieces=(Piece(1 + index // 25, (0.1, 0.1, 0.9, 0.12)),),
        )
        for index, row in enumerate(printed)
    )
    head = (HeadLine(title, 0.9, Piece(1, (0.1, 0.05, 0.9, 0.07))),) if title else ()
    return Table(rows, "Số lượng/ tỷ lệ", head, tuple(range(1, 2 + len(rows) // 25)))


def _add_likeness(rows: list[Printed], habit: Habit, rng: random.Random) -> None:
    """Put in a stranger that is one word away from a row of the form, beside that row or in its place."""
    old, new = rng.choice(OTHER_WORDS)
    places = [i for i, row in enumerate(rows) if row.code and old in row.label and len(row.label.split()) > 3]
    if places:
        place = rng.choice(places)
        stranger = replace(rows[place], code=None, stt="", label=rows[place].label.replace(old, new, 1))
        if habit.replacing:
            rows[place] = stranger
        else:
            rows.insert(place + rng.randint(0, 1), stranger)


def _field(text: str) -> Field:
    return Field(text, "read" if text else "blank", 0.95)


def _order(catalogue: Catalogue, habit: Habit, rng: random.Random) -> list[Indicator]:
    children: dict[str | None, list[Indicator]] = {}
    for indicator in catalogue.indicators:
        children.setdefault(indicator.parent, []).append(indicator)

    def walk(parent: str | None, depth: int) -> list[Indicator]:
        mine = list(children.get(parent, []))
        if (depth == 0 and habit.sections_moved) or (depth == 1 and habit.moved):
            rng.shuffle(mine)
        result: list[Indicator] = []
        for one in mine:
            if one.code in children and depth > 0 and rng.random() < habit.blocks_dropped:
                continue
            result += [one, *walk(one.code, depth + 1)]
        return result

    return walk(None, 0)


def _slipped(row: Printed, habit: Habit, rng: random.Random) -> Printed:
    label = row.label
    if rng.random() < habit.slipped:
        for _ in range(rng.randint(1, habit.slips)):
            label = slip(label, rng)
    if rng.random() < habit.cut:
        words = label.split()
        keep = max(2, int(len(words) * rng.uniform(0.4, 0.8)))
        label = " ".join(words[:keep] if rng.random() < 0.7 else words[-keep:])
    label = misread(label, habit.cer, rng)
    if rng.random() < habit.unread:
        label = ""
    unit = row.unit
    if rng.random() < habit.unit_wrong:
        unit = rng.choice(("", "%", "TTHC", "Đơn vị", "Người"))
    return replace(row, label=label, unit=misread(unit, habit.cer, rng))


def _numbered(rows: list[Printed], habit: Habit, rng: random.Random) -> list[Printed]:
    if habit.stt == "none":
        return [replace(row, stt="") for row in rows]
    if habit.stt == "all":
        return [replace(row, stt=str(index + 1)) for index, row in enumerate(rows)]
    if habit.stt == "glued":
        return [replace(row, stt="", label=f"{row.stt}. {row.label}" if row.stt else f"- {row.label}") for row in rows]
    if habit.stt == "shifted":
        shift = rng.randint(1, 7)
        return [replace(row, stt=rows[max(0, i - shift)].stt) for i, row in enumerate(rows)]
    return rows


def slip(label: str, rng: random.Random) -> str:
    """One slip of a typist: tone, letter, word, abbreviation or something added."""
    words = label.split()
    kind = rng.randrange(10)
    place = rng.randrange(len(words))
    if kind < 3:
        words[place] = _other_tone(words[place], rng)
    elif kind == 3:
        words[place] = _other_letter(words[place], rng)
    elif kind == 4 and len(words) > 3:
        del words[place]
    elif kind == 5:
        length = rng.randint(1, 3)
        words[place:place] = words[place : place + length]
    elif kind == 6:
        return label + rng.choice(TAILS)
    elif kind == 7:
        return _abbreviated(label, rng)
    elif kind == 8:
        words[place] = words[place].upper()
    elif kind == 9 and len(words) > 2:
        place = rng.randrange(len(words) - 1)
        words[place : place + 2] = [words[place] + words[place + 1]]
    return " ".join(words)


def misread(text: str, cer: float, rng: random.Random) -> str:
    """The text as an engine reads it that gets a share `cer` of the characters wrong, most of them by tone mark."""
    result = []
    for char in text:
        if rng.random() >= cer:
            result.append(char)
        elif rng.random() < 0.6:
            result.append(_other_tone(char, rng))
        elif rng.random() < 0.6:
            result.append(_other_letter(char, rng))
        else:
            result.append(rng.choice(("", char * 2, rng.choice("aeiounthgc.,'"))))
    return "".join(result)


def _other_tone(word: str, rng: random.Random) -> str:
    spots = [i for i, char in enumerate(word) if unicodedata.normalize("NFD", char)[0].lower() in "aeiouy"]
    if not spots:
        return word
    spot = rng.choice(spots)
    base = "".join(char for char in unicodedata.normalize("NFD", word[spot]) if char not in TONES)
    toned = unicodedata.normalize("NFC", base + rng.choice(["", *TONES]))
    return word[:spot] + toned + word[spot + 1 :]


def _other_letter(word: str, rng: random.Random) -> str:
    options = [(i, pair) for i, char in enumerate(word) for pair in CONFUSIONS if char in pair]
    if not options:
        return word
    spot, pair = rng.choice(options)
    return word[:spot] + pair[1 - pair.index(word[spot])] + word[spot + 1 :]


def _abbreviated(label: str, rng: random.Random) -> str:
    options = [(a, b) for a, b in EXPANSIONS if a in label] + [(b, a) for a, b in EXPANSIONS if b in label]
    if not options:
        return label
    old, new = rng.choice(options)
    return label.replace(old, new)
