"""A page of an input -> pictures of what the stages believed about it."""

from extractor.debug.overlays import draw_overlays

__all__ = ["draw_overlays"]
