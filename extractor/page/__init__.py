"""Source -> PageImage: rendered, upright, straight, evenly lit, coloured ink set apart."""

from extractor.page.prepare import prepare_page
from extractor.page.render import open_pages
from extractor.page.sheet import PageReader

__all__ = ["PageReader", "open_pages", "prepare_page"]
