"""A store -> the review application: pages for people who settle what the machine was not sure of."""

from extractor.web.app import make_app

__all__ = ["make_app"]
