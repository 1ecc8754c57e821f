"""What is odd about a file and its pages -> findings, one sentence in each language; why a page was not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.records import Finding, Severity

OF_FILE: dict[str, tuple[Severity, str, str]] = {
    "repaired-file": (
        "info",
        "Tệp PDF bị hỏng và đã được sửa trước khi đọc.",
        "The PDF was damaged and was repaired before reading.",
    ),
    "wrong-page-count": (
        "warning",
        "Danh mục trang của tệp PDF sai; các trang tìm thấy được đọc theo thứ tự trong tệp.",
        "The PDF's list of pages was wrong; the pages found are read in the order of the file.",
    ),
    "javascript": (
        "info",
        "Tệp PDF có mã lệnh; mã không được chạy.",
        "The PDF carries scripts or launch actions; none was run.",
    ),
    "attachments": (
        "info",
        "Tệp PDF có tệp đính kèm; tệp đính kèm không được đọc.",
        "The PDF carries attached files; they were not read.",
    ),
    "xfa": (
        "info",
        "Tệp PDF có biểu mẫu XFA; chỉ nội dung in trên trang được đọc.",
        "The PDF carries an XFA form; what its pages print was read, not the form behind them.",
    ),
    "joined-images": (
        "info",
        "Các ảnh trong thư mục được ghép thành các trang của một tệp, theo thứ tự tên ảnh.",
        "The images of a folder were put together as the pages of one file, in the order of their names.",
    ),
    "missing-image": (
        "warning",
        "Theo tên các ảnh trong thư mục thì thiếu ảnh số {words}.",
        "By the names of the folder's images, number {words} is missing.",
    ),
}
OF_PAGE: dict[str, tuple[Severity, str, str]] = {
    "decoded-apart": (
        "info",
        "Ảnh trên trang {page} không hiện khi vẽ trang; nó đã được giải mã riêng.",
        "The image of page {page} was not drawn with it and was decoded apart.",
    ),
    "legacy-layer": (
        "info",
        "Lớp chữ của trang {page} dùng bảng mã cũ (TCVN3 hoặc VNI) nên bị bỏ; trang được đọc từ ảnh.",
        "The text layer of page {page} is in a legacy encoding (TCVN3 or VNI) and was ignored; the page was read.",
    ),
    "scaled-page": (
        "info",
        "Trang {page} có khổ giấy vô lý và được coi như khổ A4.",
        "Page {page} has an absurd paper size and was taken as A4.",
    ),
    "cut-table": (
        "warning",
        "Bảng trên trang {page} bị mép giấy cắt mất một phần; các ô ở mép cần người xem lại.",
        "The table on page {page} runs off the edge of the sheet; a person looks at the cells there.",
    ),
    "cut-rows": (
        "warning",
        "Bảng trên trang {page} còn tiếp ngoài mép trên hoặc mép dưới của ảnh; có thể mất dòng.",
        "The table on page {page} goes on above or below the sheet; rows may be missing.",
    ),
}
UNREAD: dict[str, tuple[str, str]] = {
    "too-large": ("trang hoặc ảnh của nó quá lớn", "it or its image is too large"),
    "undrawn-page": ("nội dung của nó không vẽ được", "what it holds could not be drawn"),
    "too-slow": ("mất quá nhiều thời gian", "it took too long"),
    "too-much-memory": ("cần quá nhiều bộ nhớ", "it took too much memory"),
    "crashed": ("tiến trình đọc trang bị dừng đột ngột", "the process that read it crashed"),
    "no-table-found": (
        "trang in tên chỉ tiêu ngoài các bảng tìm thấy",
        "it prints labels of the form outside of the tables found",
    ),
    "unreadable-file": ("trang bị hỏng", "it is damaged"),
}
IMAGE = "image:"  # of a page that was an image of a folder: its name follows


def find_oddities(
    notes: Sequence[str], page_notes: Sequence[tuple[int, str]], unread_pages: Sequence[int]
) -> Iterator[Finding]:
    """Of a file with these `notes`. `page_notes`: (page, code), for unread pages the reason."""
    for note in notes:
        code, _, words = note.partition(":")
        severity, vi, en = OF_FILE[code]
        yield Finding(code, "page", severity, (), None, vi.format(words=words), en.format(words=words))
    reasons = {page: code for page, code in page_notes if code in UNREAD}
    images = {page: f" ({code.removeprefix(IMAGE)})" for page, code in page_notes if code.startswith(IMAGE)}
    for page in unread_pages:
        vi, en = (f" ({text})" for text in UNREAD.get(reasons.get(page, ""), ("", "")))
        vi, en = vi.replace(" ()", ""), en.replace(" ()", "")
        vi, en = images.get(page, "") + vi, images.get(page, "") + en
        said = f"Không đọc được trang {page}{vi}.", f"Page {page} could not be read{en}."
        yield Finding("unread-page", "page", "warning", (), page, *said)
    for page, note in page_notes:
        if note in OF_PAGE:
            severity, vi, en = OF_PAGE[note]
            yield Finding(note, "page", severity, (), page, vi.format(page=page), en.format(page=page))
