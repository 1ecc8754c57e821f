"""The error tree, and the exit codes that it maps to.

ExtractorError                    anything this package raises on purpose
├── UsageError                    the call is wrong (exit 2)
│   └── CatalogueError            a catalogue folder is missing or malformed
└── DocumentError                 this input cannot be extracted (a failed JSON, exit 3 or 4)
    ├── UnreadableFile            missing, empty, not a PDF or image, truncated beyond repair
    ├── EncryptedFile             needs a password
    ├── TooLarge                  more pixels, pages or bytes than the limits allow
    ├── NoTable                   no page carries a table
    └── NoCatalogue               tables, but none that a known catalogue fits

Every DocumentError has a stable `code`, and an `advice` that says what to do.
"""

from __future__ import annotations

EXIT_OK = 0
EXIT_INTERNAL = 1
EXIT_USAGE = 2
EXIT_PARTIAL = 3
EXIT_FAILED = 4
EXIT_INTERRUPTED = 130


class ExtractorError(Exception):
    """Root of the tree. `message` says what happened, `advice` what to do."""

    code = "error"

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(ExtractorError):
    """The call is wrong."""

    code = "usage"


class CatalogueError(UsageError):
    """A catalogue folder is missing or malformed."""

    code = "bad-catalogue"


class DocumentError(ExtractorError):
    """This input cannot be extracted."""

    code = "document"


class UnreadableFile(DocumentError):
    """Missing, empty, not a PDF or image, or truncated beyond repair. `code` tells which."""

    def __init__(self, message: str, advice: str = "", *, code: str = "unreadable-file") -> None:
        super().__init__(message, advice)
        self.code = code


class EncryptedFile(DocumentError):
    """Needs a password."""

    code = "encrypted"


class TooLarge(DocumentError):
    """More pixels, pages or bytes than the limits allow."""

    code = "too-large"


class NoTable(DocumentError):
    """No page carries a table."""

    code = "no-table"


class NoCatalogue(DocumentError):
    """Tables, but none that a known catalogue fits."""

    code = "no-catalogue"
