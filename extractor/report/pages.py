"""What is to be known of a report's pages among those of its file -> findings in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.records import Finding, Matching, PageNote, Severity, Table

COPIES_DIFFER = "copies-differ"  # reason of a cell that two scans of a page print otherwise
INFO = ("page-order", "part-of-file")


def find_page_notes(table: Table, matching: Matching) -> Iterator[Finding]:
    """One finding a note. Those on pages that are there twice name the cells in which the two differ."""
    for note in table.order.notes:
        cells = _differing(table, matching, note) if note.rule in ("doubled-page", "doubtful-page") else ()
        vi, en = _word(note, len(cells))
        structural = note.rule in ("doubtful-border", "part-of-file")
        severity: Severity = "info" if note.rule in INFO else "warning"
        yield Finding(note.rule, "structure" if structural else "page", severity, cells, note.page, vi, en)


def _differing(table: Table, matching: Matching, note: PageNote) -> tuple[tuple[str, str], ...]:
    codes = {match.row: match.code for match in matching.matches}
    return tuple(
        (code, "value")
        for row in table.rows
        if COPIES_DIFFER in row.value.reasons and row.page in note.others and (code := codes.get(row.index)) is not None
    )


def _word(note: PageNote, differing: int) -> tuple[str, str]:
    page, others = note.page, _list(note.others)
    match note.rule:
        case "missing-page":
            lost = ", ".join(note.words)
            return (
                f"Thiếu trang số {lost} giữa trang {others} và trang {page} của tệp.",
                f"The page numbered {lost} is missing between pages {others} and {page} of the file.",
            )
        case "doubled-page":
            if differing:
                return (
                    f"Trang {page} là bản quét thứ hai của trang {others}; hai bản khác nhau ở {differing} ô.",
                    f"Page {page} is page {others} scanned again; the two differ in {differing} cells.",
                )
            return (
                f"Trang {page} là bản quét thứ hai của trang {others}; không tính hai lần.",
                f"Page {page} is page {others} scanned again; it does not count twice.",
            )
        case "page-order":
            return (
                f"Các trang bị xáo trộn; báo cáo được đọc theo thứ tự trang {others}.",
                f"The pages are out of order; the report is read in the order {others}.",
            )
        case "foreign-page":
            whose = f" ({note.words[0]})" if note.words else ""
            return (
                f"Trang {page} thuộc báo cáo khác{whose}; số liệu ở đó không được nhận vào báo cáo này.",
                f"Page {page} is of another report{whose}; its values are not taken into this one.",
            )
        case "doubtful-page":
            if note.others:
                return (
                    f"Trang {page} và trang {others} in cùng các dòng với số liệu khác nhau; một trong hai thuộc báo "
                    "cáo khác.",
                    f"Pages {page} and {others} print the same rows with other values; one of them is of another "
                    "report.",
                )
            return (
                f"Trang {page} có thể thuộc báo cáo khác: bảng được trình bày khác các trang còn lại.",
                f"Page {page} may be of another report: its table is laid out otherwise than on the other pages.",
            )
        case "doubtful-border":
            return (
                f"Có lẽ một báo cáo khác bắt đầu ở trang {page}, nhưng không đọc được phần đầu của báo cáo.",
                f"Another report seems to begin on page {page}, but no head of it could be read.",
            )
        case "part-of-file":
            return (
                f"Báo cáo này là trang {others} của một tệp có {note.words[0]} báo cáo.",
                f"This report is pages {others} of a file with {note.words[0]} reports.",
            )


def _list(pages: Sequence[int]) -> str:
    """1, 2, 3, 5 -> 1-3, 5; an order that goes back is written out."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
