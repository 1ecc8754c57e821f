"""PDF bytes -> bytes that the renderer opens, their page count, and whether they had to be repaired."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2 as pdfium

from extractor.errors import EncryptedFile, TooLarge, UnreadableFile
from extractor.settings import IngestSettings

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD


def open_pdf(data: bytes, settings: IngestSettings) -> tuple[bytes, int, bool]:
    """(bytes, page count, repaired). Raises EncryptedFile, UnreadableFile, TooLarge."""
    page_count, repaired = _count_pages(data), False
    if page_count is None:
        data, repaired = _repair(data), True
        page_count = _count_pages(data)
    if not page_count:
        raise UnreadableFile("the PDF has no pages", "scan or export it again", code="no-pages")
    if page_count > settings.max_pages:
        raise TooLarge(f"the file has {page_count} pages", "split the file, or raise ingest.max_pages")
    return data, page_count, repaired


def _count_pages(data: bytes) -> int | None:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR or "password" in str(error).lower():
            raise EncryptedFile("the PDF is protected by a password", "save a copy without a password") from error
        return None
    try:
        return len(document)
    finally:
        document.close()


def _repair(data: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            out = io.BytesIO()
            document.save(out)
            return out.getvalue()
    except pikepdf.PasswordError as error:
        raise EncryptedFile("the PDF is protected by a password", "save a copy without a password") from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise UnreadableFile(
            "the PDF is damaged and could not be repaired", "copy or scan it again", code="damaged-pdf"
        ) from error
