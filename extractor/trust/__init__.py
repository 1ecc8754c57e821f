"""Everything the stages say of a report -> the trust in each of its fields."""

from extractor.trust.model import TrustModel, load_model, read_model
from extractor.trust.score import find_certain, score_report

__all__ = ["TrustModel", "find_certain", "load_model", "read_model", "score_report"]
