"""Letters of a text layer -> words, whatever breaks PDFium makes between them."""

from __future__ import annotations

from extractor.page.layer import _Char, _join


def test_line_breaks_that_pdfium_makes_between_letters_part_no_word() -> None:
    """A page that begins with a narrow note was read letter by letter: "S ố đ ơ n v ị"."""
    letters = []
    x = 10.0
    for char in "Số đơn vị":
        if char == " ":
            x += 2.2
            continue
        letters.append(_Char(char, (x, 100.0, x + 5.0, 111.0), starts=True))
        x += 5.3
    assert [word.text for word in _join(iter(letters))] == ["Số", "đơn", "vị"]


def test_a_lower_line_and_a_written_space_part_words() -> None:
    first, second = _Char("a", (10.0, 100.0, 15.0, 111.0)), _Char("b", (15.0, 100.0, 20.0, 111.0))
    below = _Char("c", (10.0, 113.0, 15.0, 124.0), starts=True)
    assert [word.text for word in _join(iter([first, second, below]))] == ["ab", "c"]
    assert [word.text for word in _join(iter([first, None, second]))] == ["a", "b"]


def test_a_footnote_s_mark_is_no_figure_of_the_number_before_it() -> None:
    def figure(text: str, x: float, top: float, bottom: float) -> _Char:
        return _Char(text, (x, top, x + 8.0, bottom))

    raised = [figure("3", 0, 10, 30), figure("6", 8, 10, 30), figure("2", 16, 8, 21)]
    assert [word.text for word in _join(iter(raised))] == ["36²"]
    small = [figure("3", 0, 10, 30), figure("6", 8, 15, 30)]  # a small letter on the same foot
    assert [word.text for word in _join(iter(small))] == ["36"]
