"""PDF bytes -> bytes that the renderer opens, their page count, and notes of what was odd or had to be mended."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import pikepdf
import pypdfium2 as pdfium

from extractor.errors import EncryptedFile, TooLarge, UnreadableFile
from extractor.ingest.content import find_plain, find_unfit
from extractor.ingest.inside import find_contents, flatten_pages, is_placeholder, walk_pages
from extractor.settings import IngestSettings

_LOCKED = (4, 5)  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
_QPDF_FAULTS = (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError, TypeError, AttributeError, KeyError)


@dataclass(frozen=True, slots=True)
class OpenedPdf:
    """`notes`: what a person should know of the file: repaired-file, wrong-page-count, javascript, attachments, xfa.

    `unfit`: (page, code) of pages that can't be drawn as they were; `plain`: pages that are one plain image each.
    """

    data: bytes
    page_count: int
    notes: tuple[str, ...] = ()
    unfit: tuple[tuple[int, str], ...] = ()
    plain: tuple[int, ...] = ()


def open_pdf(data: bytes, settings: IngestSettings) -> OpenedPdf:
    """A PDF that the renderer opens with every page that its tree holds.

    Raises EncryptedFile, TooLarge, UnreadableFile (no-pages, damaged-pdf, xfa-form).
    """
    drawable, fault = _count_pages(data)
    if drawable is not None and drawable > settings.max_pages:
        raise _too_many(drawable)
    mended = _mend(data, settings, recover=False)
    if isinstance(mended, Exception):
        mended = _mend(data, settings, recover=True)
        if isinstance(mended, OpenedPdf):
            mended = _compared(mended, data, drawable or 0)
    if isinstance(mended, OpenedPdf):
        return _checked(mended)
    if drawable:  # the renderer found its way where qpdf did not; a password may lock the attachments alone
        locked = isinstance(mended, pikepdf.PasswordError)
        return OpenedPdf(data, drawable, () if locked else ("repaired-file",))
    if isinstance(mended, pikepdf.PasswordError) or (fault in _LOCKED and b"/Encrypt" in data):
        raise EncryptedFile("the PDF is protected by a password", "save a copy without a password")
    raise _damaged() from mended


def _compared(mended: OpenedPdf, data: bytes, drawable: int) -> OpenedPdf | Exception:
    """A repaired file, unless the renderer finds more pages in the damaged one."""
    if not mended.page_count or mended.page_count < min(drawable, _count_loadable(data)):
        return ValueError("the repair lost pages")
    if len(mended.unfit) == mended.page_count:
        raise _damaged()
    return replace(mended, notes=("repaired-file", *mended.notes))


def _checked(opened: OpenedPdf) -> OpenedPdf:
    if not opened.page_count:
        raise UnreadableFile("the PDF has no pages", "scan or export it again", code="no-pages")
    if "xfa-placeholder" in opened.notes:
        raise UnreadableFile(
            "the PDF is an XFA form: its pages only say that another program must show it",
            "open it in Adobe Reader and print it to PDF",
            code="xfa-form",
        )
    return opened


def _damaged() -> UnreadableFile:
    return UnreadableFile("the PDF is damaged and could not be repaired", "copy or scan it again", code="damaged-pdf")


def _too_many(pages: int) -> TooLarge:
    return TooLarge(f"the file has {pages} pages", "split the file, or raise ingest.max_pages")


def _count_pages(data: bytes) -> tuple[int | None, int]:
    """(pages that the renderer sees, its error code)."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        return None, int(getattr(error, "err_code", 0) or 0)
    try:
        return len(document), 0
    finally:
        document.close()


def _count_loadable(data: bytes) -> int:
    """Pages that the renderer can open, not only count."""
    try:
        with pdfium.PdfDocument(data) as document:
            return sum(_loads(document, index) for index in range(len(document)))
    except pdfium.PdfiumError:
        return 0


def _loads(document: pdfium.PdfDocument, index: int) -> bool:
    try:
        document[index].close()
    except pdfium.PdfiumError:
        return False
    return True


def _mend(data: bytes, settings: IngestSettings, *, recover: bool) -> OpenedPdf | Exception:
    """The PDF as qpdf sees it, written anew where the renderer would not see the same; or why qpdf can't open it."""
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=recover, inherit_page_attributes=False) as document:
            tree = walk_pages(document, settings.max_pages + 1)
            if len(tree.pages) > settings.max_pages:
                raise _too_many(len(tree.pages))
            notes = find_contents(document)
            if is_placeholder(document):
                notes = (*notes, "xfa-placeholder")
            unfit = find_unfit(tree.pages, repaired=recover or bool(document.get_warnings()))
            plain = find_plain(tree.pages)
            if not tree.pages or (tree.sound and not recover and _count_pages(data)[0] == len(tree.pages)):
                return OpenedPdf(data, len(tree.pages), notes, unfit, plain)
            if not tree.sound:
                flatten_pages(document, tree)
                notes = ("wrong-page-count", *notes)
            written = _write(document)
    except _QPDF_FAULTS as error:
        return error
    seen, _ = _count_pages(written)
    if seen != len(tree.pages):
        return ValueError(f"{len(tree.pages)} pages were written and {seen} are seen")
    return OpenedPdf(written, seen, notes, unfit, plain)


def _write(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()
