"""The store -> pages for people who don't read JSON: a province, a district, and where a number comes from."""

from extractor.look.gather import Overview, gather
from extractor.look.pages import write_pages

__all__ = ["Overview", "gather", "write_pages"]
