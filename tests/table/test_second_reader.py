"""Which lines of text a second engine reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from extractor.indicator import load_catalogue
from extractor.reading.careful import read_rows
from extractor.reading.doubtful import Second, find_doubtful
from extractor.reading.lexicon import read_words
from extractor.reading.printed import read_cells
from extractor.reading.spaces import with_spaces
from extractor.reading.texts import choose_line, choose_parts, settle_text
from extractor.records import CellInk, CellText, DraftRow, GridCell, Piece, Reading, TextLine
from extractor.vocabulary import words_of

PAPER = np.zeros((4, 4), np.uint8)
LINE = TextLine((0.0, 0.0, 4.0, 4.0), PAPER, PAPER, (0, 0, 4, 4), 4.0)


def is_plain(reading: Reading, words: frozenset[str]) -> bool:
    return not find_doubtful(reading, LINE, words)


def test_a_cell_that_begins_in_a_text_layer_and_ends_on_a_scanned_page_is_read_to_its_end() -> None:
    blank = np.full((40, 200), 255, np.uint8)
    box = (0.0, 0.0, 200.0, 40.0)
    ink = CellInk(GridCell(0, 0, 1, 1, box), Piece(1, box), (TextLine(box, blank, blank, (0, 0, 200, 40), 30.0),))
    layer = replace(ink, lines=(), words="Báo cáo số 450/BC-UBND\nvề kỷ luật, kỷ")
    parts = (CellText(layer, "", 1.0), CellText(ink, "", 0.9, (Reading("trueocr", "cương hành chính", 0.9),)))
    field = settle_text(parts, {}, frozenset())
    assert field.raw == "Báo cáo số 450/BC-UBND về kỷ luật, kỷ cương hành chính"
    assert all(reading.engine == "trueocr" for reading in field.readings)


def test_a_word_that_the_form_does_not_know_is_read_twice_however_sure_the_first_reader_is() -> None:
    assert not is_plain(Reading("trueocr", "Đat", 0.999), frozenset())
    assert is_plain(Reading("trueocr", "28/3/2022", 0.999), frozenset())
    # a row's number is no word of a vocabulary
    assert is_plain(Reading("trueocr", "VII.4.3.1", 0.999), frozenset())
    assert not is_plain(Reading("trueocr", "VII.4.3.1", 0.5), frozenset())
    # a dash before a label is one, a lone one between words may be an equals sign
    words = frozenset({"số", "có"})
    assert is_plain(Reading("trueocr", "- Số", 0.999), words)
    assert not is_plain(Reading("trueocr", "Có - 1", 0.999), words)


def test_of_the_ways_to_read_a_row_number_that_which_is_one_stands() -> None:
    def read(first: dict[str, float], rest: str) -> Reading:
        chars = (tuple(first.items()), *(((char, 0.99),) for char in rest))
        return Reading("trueocr", next(iter(first)) + rest, next(iter(first.values())), chars=chars)

    for first in ({"I": 0.5, "l": 0.45}, {"l": 0.5, "I": 0.45}):
        number = read(first, ".1.3")
        assert [word for word, _ in read_words(number, frozenset())] == ["I.1.3"]
        assert is_plain(number, frozenset())
    # two numbers are as likely, and a word is none
    assert not is_plain(read({"1": 0.5, "7": 0.45}, ".4"), frozenset())
    assert read_words(read({"1": 0.5, "I": 0.45}, ""), frozenset())[0] == ("1", 0.5)
    assert not is_plain(read({"I": 0.5, "l": 0.45}, "m"), frozenset())


def spelt(*chars: dict[str, float]) -> Reading:
    """A reading of one word by the candidates of each of its characters."""
    candidates = tuple(tuple(char.items()) for char in chars)
    text = "".join(char[0][0] for char in candidates)
    return Reading("trueocr", text, min(char[0][1] for char in candidates), chars=candidates)


WORDS = frozenset({"số", "tố", "tổ", "kiểm", "vị", "vi", "tra", "có"})


def test_a_known_word_whose_rivals_are_none_is_certain_however_torn_the_reader_is() -> None:
    torn = spelt({"s": 0.99}, {"ố": 0.45, "õ": 0.42, "ô": 0.05})
    ((word, p),) = read_words(torn, WORDS)
    assert word == "số"
    assert p > 0.95
    assert is_plain(torn, WORDS)
    # what the reader could not name may be anything
    assert read_words(spelt({"s": 0.99}, {"ố": 0.3, "õ": 0.2}), WORDS)[0][1] < p


def test_of_two_known_words_that_differ_in_a_tone_mark_or_a_mark_none_is_certain() -> None:
    for likely, other in (("ố", "ổ"), ("ổ", "ố")):
        torn = spelt({"t": 0.99}, {likely: 0.85, other: 0.13})
        ((word, p),) = read_words(torn, WORDS)
        assert word == f"t{likely}"
        assert p < 0.6
        assert not is_plain(torn, WORDS)
    assert is_plain(spelt({"t": 0.99}, {"ố": 0.98, "ổ": 0.01}), WORDS)
    # letters of two sizes and marks are as much a doubt
    assert not is_plain(spelt({"v": 0.6, "V": 0.38}, {"ị": 0.99}), WORDS)
    assert not is_plain(spelt({"s": 0.99}, {"ố": 0.99}, {":": 0.8, ";": 0.19}), WORDS)


def test_figures_and_words_without_marks_are_no_more_certain_than_the_reader() -> None:
    for unsure in (
        spelt({"3": 0.6, "8": 0.1}, {"1": 0.99}, {"%": 0.99}),
        spelt({"C": 0.99}, {"ó": 0.6, "ò": 0.3}, {"=": 0.99}, {"1": 0.99}),
        spelt({"t": 0.6}, {"r": 0.9}, {"a": 0.9}),
    ):
        assert read_words(unsure, WORDS)[0][1] <= unsure.confidence
        assert not is_plain(unsure, WORDS)


def test_a_misprint_that_was_clearly_seen_stays_and_one_letter_in_forty_is_not_enough() -> None:
    assert read_words(spelt({"k": 0.99}, {"i": 0.99}, {"ế": 0.97, "ể": 0.02}, {"m": 0.99}), WORDS)[0][0] == "kiếm"
    ((word, p),) = read_words(spelt({"k": 0.99}, {"i": 0.99}, {"ế": 0.89, "ể": 0.1}, {"m": 0.99}), WORDS)
    assert word == "kiểm"
    assert 0.75 < p < 0.85


def test_a_letter_is_no_figure_because_the_vocabulary_has_nothing_against_figures() -> None:
    assert read_words(spelt({"b": 0.94, "0": 0.025}, {")": 0.99}), WORDS)[0][0] == "b)"


@pytest.mark.parametrize(("text", "plain"), [("2:230", False), ("+157)/2", False), ("(31+", False), ("x100", False),
                                             ("230", True), ("2019", True)])  # fmt: skip
def test_figures_beside_marks_are_read_twice_since_the_first_reader_drops_spaces(text: str, plain: bool) -> None:
    chars = tuple(((char, 0.99),) for char in text)
    assert is_plain(Reading("trueocr", text, 0.99, chars=chars), frozenset(("x",))) is plain


def test_two_readings_that_differ_in_spaces_and_equals_signs_have_those_of_both() -> None:
    ours, theirs = Reading("trueocr", "Không = 0;Có = 1", 0.9), Reading("tesseract-vie", "Không = 0; Có 1", 0.9)
    assert choose_line(ours, theirs, frozenset())[0] == "Không = 0; Có = 1"
    # another word is another reading, but none without an equals sign that was told by its shape
    unlike = Reading("tesseract-vie", "Khong 0; Có 1", 0.9)
    assert choose_line(ours, unlike, frozenset())[0].count("=") == 2


@pytest.mark.parametrize(
    ("lines", "raw"),
    [
        (("Cơ quan, đơn", "Vị"), "Cơ quan, đơn vị"),
        (("Cơ quan, đơn", "VỊ khác"), "Cơ quan, đơn vị khác"),
        (("CƠ QUAN, ĐƠN", "VỊ"), "CƠ QUAN, ĐƠN VỊ"),
        (("Huyện", "Vĩnh Châu"), "Huyện Vĩnh Châu"),
        (("của", "Chủ tịch"), "của Chủ tịch"),
        (("Vị", "đơn"), "Vị đơn"),
    ],
)
def test_a_wrapped_unit_goes_on_in_the_case_of_its_phrase(lines: tuple[str, ...], raw: str) -> None:
    readings = tuple(Reading("trueocr", line, 0.99) for line in lines)
    box = (0.0, 0.0, 1.0, 1.0)
    ink = CellInk(GridCell(0, 0, 1, 1, box), Piece(1, box), lines=(LINE,) * len(lines))
    words = words_of([load_catalogue("soctrang-cchc-huyen")])
    assert settle_text((CellText(ink, " ".join(lines), 0.99, readings),), {}, words).raw == raw


def test_a_tone_mark_that_the_reader_thought_possible_is_chosen_where_it_goes_on_a_phrase() -> None:
    box = (0.0, 0.0, 1.0, 1.0)
    words = words_of([load_catalogue("soctrang-cchc-huyen")])
    for candidates, raw in (((("i", 0.9), ("ị", 0.05)), "đơn vị"), ((("i", 0.9),), "đơn vi")):
        lines = (Reading("trueocr", "đơn", 0.9), Reading("trueocr", "vi", 0.9, chars=((("v", 0.99),), candidates)))
        ink = CellInk(GridCell(0, 0, 1, 1, box), Piece(1, box), lines=(LINE,) * 2)
        assert settle_text((CellText(ink, "đơn vi", 0.9, lines),), {}, words).raw == raw


def printed(text: str, *, words_apart: int = 8) -> tuple[Reading, TextLine]:
    """A line of strokes of 6 pixels, one a letter, and its reading, sure of every letter."""
    pixels = np.full((60, 40 + 8 * len(text) + words_apart * text.count(" ")), 255, np.uint8)
    places, x = [], 20
    for char in text:
        width = words_apart if char == " " else 8
        places.append(x + width / 2)
        if char != " ":
            pixels[20:40, x : x + 6] = 0
        x += width
    inner = (20, 20, x - 2, 40)
    line = TextLine((120.0, 220.0, x + 98.0, 240.0), pixels, pixels, inner, 20.0)
    chars = tuple(((char, 0.999),) for char in text)
    return Reading("trueocr", text, 0.999, chars=chars, places=tuple(places)), line


FORM = frozenset("số lượng văn bản đã ban hành trong kỳ báo cáo của huyện".split())


def test_of_a_long_line_only_doubtful_words_are_read_again_with_the_one_before_each() -> None:
    reading, line = printed("số lượng vân bản đã ban hành trong kỳ báo cáo của huyện")
    (part,) = find_doubtful(reading, line, FORM)
    assert (part.start, part.end) == (1, 3)
    x0, y0, x1, y1 = part.line.inner
    assert part.line.clean[y0:y1, [x0, x1 - 1]].tolist() == [[0, 0]] * (y1 - y0)
    assert list(part.line.box) == [144, 220, 214, 240]
    assert np.count_nonzero(part.line.clean < 100) == np.count_nonzero(line.clean[:, 20 + 24 : 20 + 96] < 100)


def test_a_line_is_read_again_as_a_whole_where_it_is_short_mostly_doubtful_or_its_words_have_no_places() -> None:
    long = "số lượng vân bản đã ban hành trong kỳ báo cáo của huyện"
    reading, line = printed(long)
    assert [part.line for part in find_doubtful(replace(reading, places=()), line, FORM)] == [line]
    assert [part.line for part in find_doubtful(reading, line, frozenset())] == [line]
    short, narrow = printed("vân bản")
    assert [part.line for part in find_doubtful(short, narrow, FORM)] == [narrow]


def test_words_without_white_between_them_are_read_again_together() -> None:
    reading, line = printed("số lượng vân bản đã ban hành trong kỳ báo cáo của huyện")
    at = round(reading.places[reading.text.index("vân") + 3])
    line.clean[25, at - 6 : at + 6] = 0
    assert [(part.start, part.end) for part in find_doubtful(reading, line, FORM)] == [(1, 4)]


def test_what_a_second_reader_saw_of_a_part_stands_in_the_line() -> None:
    reading, _ = printed("số lượng vân bản đã ban hành")
    seen = (Second(1, 3, Reading("tesseract-vie", "lượng văn", 0.9)),)
    text, score = choose_parts(reading, seen, FORM)
    assert text == "số lượng văn bản đã ban hành"
    assert score == pytest.approx(0.9 * 0.9)
    apart = (Second(1, 3, Reading("tesseract-vie", "lượng v ân", 0.9)), Second(4, 5, Reading("tesseract-vie", "", 0.0)))
    assert choose_parts(reading, apart, FORM)[0].endswith("bản đã ban hành")


class Eye:
    """An engine that sees the same in every crop."""

    name, version, origin = "tesseract-vie", "1", "tesseract"

    def __init__(self, text: str) -> None:
        self.text, self.count = text, 0

    def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
        self.count += len(lines)
        return [Reading(self.name, self.text, 0.9, preparation) for _ in lines]


def test_a_cell_that_is_in_several_rows_is_read_again_once() -> None:
    box = (0.0, 0.0, 1.0, 1.0)
    for reading, line in (printed("số lượng vân bản đã ban hành trong kỳ báo cáo của huyện"), printed("vân bản")):
        ink = CellInk(GridCell(0, 0, 1, 1, box), Piece(1, box), lines=(line,))
        cell = CellText(ink, reading.text, 0.9, (reading,))
        eye = Eye("lượng văn" if len(reading.text) > 10 else "văn bản")
        fields = read_cells([(cell,)] * 3, {"tesseract-vie": eye}, FORM)
        assert eye.count == 1
        assert {field.raw for field in fields} == {reading.text.replace("vân", "văn")}


def spelt_words(*words: Sequence[dict[str, float]]) -> Reading:
    """A reading of several words by the candidates of each of their characters."""
    chars = [char for word in words for char in ({" ": 1.0}, *word)][1:]
    return spelt(*chars)


PAIRS = frozenset({"trực", "tuyến", "tuyển", "dụng", "trực|tuyến", "tuyển|dụng"})
DIRECT = [{char: 0.99} for char in "trực"]


def on_line(first: float, second: float) -> list[dict[str, float]]:
    """`tuyến` and `tuyển` by how likely each seems."""
    both = {"ế": first, "ể": second}
    return [{"t": 0.99}, {"u": 0.99}, {"y": 0.99}, dict(sorted(both.items(), key=lambda one: -one[1])), {"n": 0.99}]


def test_of_two_known_words_the_one_that_the_form_has_beside_its_neighbour_is_certain() -> None:
    for torn in (on_line(0.5, 0.45), on_line(0.45, 0.5)):
        read = read_words(spelt_words(DIRECT, torn), PAIRS)
        assert [word for word, _ in read] == ["trực", "tuyến"]
        assert is_plain(spelt_words(DIRECT, torn), PAIRS)
        # alone it is as likely as the other
        assert not is_plain(spelt(*torn), PAIRS)
    ahead = read_words(spelt_words(on_line(0.5, 0.45), [{char: 0.99} for char in "dụng"]), PAIRS)
    assert ahead[0][0] == "tuyển"


def test_a_word_that_was_clearly_seen_stays_where_the_form_has_another_and_is_read_twice() -> None:
    surprising = spelt_words(DIRECT, on_line(0.03, 0.96))
    assert [word for word, _ in read_words(surprising, PAIRS)] == ["trực", "tuyển"]
    assert not is_plain(surprising, PAIRS)


def test_the_vocabulary_knows_which_words_of_labels_follow_each_other() -> None:
    words = words_of([load_catalogue("soctrang-cchc-huyen")])
    assert {"trực tuyến", "trực|tuyến", "thi tuyển"} <= words
    # an abbreviation is no word in small letters
    assert not any(word.endswith(("|ubnd", " ubnd")) for word in words)
    # what a line goes on with is written as it is there
    assert {"của Chủ", "của|chủ"} <= words
    assert "của chủ" not in words


def test_the_vocabulary_knows_what_documents_and_offices_are_called_and_what_notes_tell() -> None:
    words = words_of([load_catalogue("soctrang-cchc-huyen")])
    assert {"ủy", "tờ", "trình", "hđnd", "duy", "chuẩn"} <= words
    assert not {"tb", "ttr", "vx"} & words


class _Reader:
    """Reads what it is told to, and keeps what it was asked for."""

    version = "1"

    def __init__(self, name: str, texts: Sequence[str]) -> None:
        self.name, self.origin, self.texts = name, name.split("-")[0], texts
        self.asked: list[tuple[str, int]] = []

    def read(self, lines: Sequence[TextLine], *, preparation: str = "clean") -> list[Reading]:
        self.asked.append((preparation, len(lines)))
        return [Reading(self.name, self.texts[round(line.box[0])], 0.9, preparation) for line in lines]


def test_readers_of_figures_look_once_at_a_word_and_a_start_of_tesseract_reads_values_and_labels() -> None:
    def cell(n: int, text: str) -> tuple[CellText, ...]:
        line = replace(LINE, box=(float(n), 0.0, float(n), 4.0))
        ink = CellInk(GridCell(0, 0, 1, 1, line.box), Piece(1, line.box), (line,))
        return (CellText(ink, text, 0.9, (Reading("trueocr", text, 0.9),)),)

    texts = ("Không", "57", "Đat", "IO")
    ppocr, vie = _Reader("ppocr", ("Khong", "59", "", "10")), _Reader("tesseract-vie", ("Không", "57", "Đạt", ""))
    engines = {"ppocr": ppocr, "tesseract-vie": vie, "trueocr": _Reader("trueocr", texts)}
    values = [DraftRow((), cell(2, "Đat"), (), value, ()) for value in (cell(0, "Không"), cell(1, "57"), cell(3, "IO"))]
    rows = read_rows(values, engines, frozenset({"đạt", "không"}))
    assert ppocr.asked == [("raw", 3), ("clean", 2), ("dark", 2)]
    assert vie.asked == [("clean", 4)]
    assert {row.label.raw for row in rows} == {"Đạt"}
    assert rows[0].value.raw == "Không"


def set_letters(text: str, *, behind_marks: int, space: int = 16) -> tuple[Reading, TextLine]:
    """Letters of 20 pixels in a line of 30, four pixels apart, but for what is behind a mark. `space`: a space's."""
    places, x, ink = [], 4, np.full((40, 800), 255, np.uint8)
    for n, char in enumerate(text):
        if char == " ":
            places.append(x + space / 2 - 2)
            x += space - 4
            continue
        ink[6:34, x : x + 20] = 0
        places.append(x + 10.0)
        x += 20 + (behind_marks if char in ",;:-" and not text[n + 1 : n + 2].isdigit() else 4)
    line = TextLine((0.0, 0.0, float(x), 40.0), ink[:, :x], ink[:, :x], (0, 6, x, 34), 30.0)
    chars = tuple(((char, 0.99),) for char in text)
    return Reading("trueocr", text, 0.99, chars=chars, places=tuple(places)), line


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("CQ,ĐV", "CQ, ĐV"),
        ("0;Có", "0; Có"),
        ("-Số", "- Số"),
        ("a:b,c", "a: b, c"),
        ("9001:2015", "9001:2015"),
        ("A-B", "A-B"),
    ],
)
def test_a_mark_has_a_space_behind_it_where_white_is(text: str, parted: str) -> None:
    read = with_spaces(*set_letters(text, behind_marks=9))
    assert read.text == parted
    assert "".join(char[0][0] for char in read.chars) == parted
    assert len(read.places) == len(parted)
    assert list(read.places) == sorted(read.places)
    assert with_spaces(*set_letters(text, behind_marks=6)).text == text


def test_where_all_letters_are_equally_wide_a_mark_has_as_much_white_behind_it_without_a_space() -> None:
    typed = set_letters("theo CQ,ĐV", behind_marks=12, space=36)
    assert with_spaces(*typed).text == "theo CQ,ĐV"
    assert with_spaces(*set_letters("theo CQ,ĐV", behind_marks=12)).text == "theo CQ, ĐV"
