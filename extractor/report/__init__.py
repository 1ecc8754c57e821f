"""What the stages found -> the Document of a report, its JSON and the schema of it."""

from extractor.report.assemble import Extraction, assemble_document, count_values, failed_document
from extractor.report.document import Document, ErrorInfo, MadeWith
from extractor.report.schema import InvalidDocument, check_json, make_schema, read_schema, write_schemas
from extractor.report.tables import TableCell, TableGrid, TablesAbout, TablesDocument, failed_tables

__all__ = [
    "Document",
    "ErrorInfo",
    "Extraction",
    "InvalidDocument",
    "MadeWith",
    "TableCell",
    "TableGrid",
    "TablesAbout",
    "TablesDocument",
    "assemble_document",
    "check_json",
    "count_values",
    "failed_document",
    "failed_tables",
    "make_schema",
    "read_schema",
    "write_schemas",
]
