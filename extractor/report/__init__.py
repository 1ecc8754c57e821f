"""What the stages found -> the Document of a report, its JSON and the schema of it."""

from extractor.report.assemble import Extraction, assemble_document, count_values, failed_document
from extractor.report.document import Document, ErrorInfo, FindingInfo, MadeWith, Outcome, Place
from extractor.report.findings import write_findings
from extractor.report.oddities import find_oddities
from extractor.report.schema import InvalidDocument, check_json, make_schema, read_schema, write_schemas
from extractor.report.tables import TableCell, TableGrid, TablesAbout, TablesDocument, failed_tables

__all__ = [
    "Document",
    "ErrorInfo",
    "Extraction",
    "FindingInfo",
    "InvalidDocument",
    "MadeWith",
    "Outcome",
    "Place",
    "TableCell",
    "TableGrid",
    "TablesAbout",
    "TablesDocument",
    "assemble_document",
    "check_json",
    "count_values",
    "failed_document",
    "failed_tables",
    "find_oddities",
    "make_schema",
    "read_schema",
    "write_findings",
    "write_schemas",
]
