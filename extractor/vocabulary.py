"""Catalogues -> the words that their reports are made of, which choose between readings of a word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from extractor.records import Catalogue
from extractor.value import document_codes, document_names

HEADER_WORDS = (
    "STT TT Tên chỉ tiêu Nội dung Tiêu chí Đơn vị tính ĐVT Số lượng/ tỷ lệ Kết quả Số liệu thống kê Ghi chú Diễn giải "
    "Tài liệu minh chứng kiểm chứng kỳ này lũy kế kế hoạch thực hiện năm quý tháng"
)
HEAD_WORDS = (
    "Phụ lục Bảng Biểu Mẫu số thống kê số liệu và kết quả thực hiện công tác cải cách hành chính năm quý tháng đầu "
    "cuối tại của trên địa bàn UBND huyện thị xã thành phố kèm theo báo cáo công văn quyết định ngày ban hành"
)
NOTE_WORDS = (
    "tăng giảm so với cùng kỳ năm trước sau đạt vượt chưa không đã đang phát sinh có theo do tại của các được "
    "về việc ban hành triển khai thực hiện tổ chức hướng dẫn chỉ đạo đôn đốc kiểm tra giám sát tham mưu phối hợp "
    "lớp tập huấn bồi dưỡng đào tạo tuyên truyền tin bài trang cổng thông tin điện tử chất lượng hiệu quả nâng cao "
    "tăng cường duy trì hệ thống quản lý tiêu chuẩn áp dụng kỷ luật kỷ cương công vụ cán bộ công chức viên chức "
    "người làm việc lãnh đạo đơn vị cơ quan phòng ban chuyên môn trực thuộc sự nghiệp công lập xã phường thị trấn "
    "nội vụ tư pháp tài chính kế hoạch giáo dục văn hóa lao động thương binh xã hội tài nguyên môi trường "
    "nông nghiệp phát triển nông thôn kinh tế hạ tầng thanh tra dân tộc bưu chính công ích hồ sơ thủ tục tiếp nhận "
    "giải quyết đúng hạn trễ hạn trực tuyến một phần toàn trình mức độ dịch vụ bộ phận một cửa liên thông văn bản"
)
LEAST_ACRONYM = 4  # letters of a code that is a word of its own: HĐND
PUNCTUATION = ".,;:()\"'"


def words_of(catalogues: Sequence[Catalogue]) -> frozenset[str]:
    """Lower-case words (NFC, bare of punctuation) of labels, units, titles, places, headers, heads and notes.

    With them pairs of words that follow each other, as they are written (`của Chủ`): a wrapped cell is read line by
    line, and the first letter of its second line has nothing beside it that would tell a capital. And in small letters
    (`của|chủ`), those left out that are written with more than one capital: they tell which of two a word is.
    """
    texts = [
        HEADER_WORDS,
        HEAD_WORDS,
        NOTE_WORDS,
        *document_names(),
        *(text for catalogue in catalogues for text in _texts(catalogue)),
    ]
    words = (word.strip(PUNCTUATION).lower() for text in texts for word in _split(text))
    units = [text for catalogue in catalogues for unit in catalogue.units for text in (unit.name, *unit.variants)]
    labels = [text for catalogue in catalogues for one in catalogue.indicators for text in (one.label, *one.variants)]
    pairs = {f"{a} {b}" for text in units for a, b in pairwise(_split(text))}
    pairs |= {f"{a} {b}" for text in labels for a, b in _pairs(text)}
    pairs |= {f"{a}|{b}" for text in (*units, *labels) for a, b in _small_pairs(text)}
    acronyms = (code.lower() for code in document_codes() if len(code) >= LEAST_ACRONYM)
    return _shared(frozenset((*(word for word in words if word), *pairs, *acronyms)))


@lru_cache(maxsize=8)
def _shared(words: frozenset[str]) -> frozenset[str]:
    """One object for all equal vocabularies: each look into a cache compares them, some thousand words one by one."""
    return words


def _split(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).split()


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Words that follow each other without a mark between them."""
    for first, second in pairwise(_split(text)):
        a, b = first.lstrip(PUNCTUATION), second.rstrip(PUNCTUATION)
        if a[-1:] not in PUNCTUATION and b[:1] not in PUNCTUATION:
            yield a, b


def _small_pairs(text: str) -> Iterator[tuple[str, str]]:
    """The same in small letters, without words that have further capitals."""
    for a, b in _pairs(text):
        if a[1:] == a[1:].lower() and b[1:] == b[1:].lower():
            yield a.lower(), b.lower()


def _texts(catalogue: Catalogue) -> Iterator[str]:
    for indicator in catalogue.indicators:
        yield from (indicator.label, *indicator.variants, indicator.unit)
    for unit in catalogue.units:
        yield from (unit.name, *unit.variants)
    for place in catalogue.places:
        yield from (place.name, place.province, *place.commune_names)
    yield from catalogue.titles
    yield from catalogue.main_measures
