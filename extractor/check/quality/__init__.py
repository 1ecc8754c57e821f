"""Cells -> warnings on data that can be read with certainty and still be doubtful, whatever the catalogue's rules."""

from extractor.check.quality.blocks import check_copied_blocks
from extractor.check.quality.citations import check_citations
from extractor.check.quality.communes import check_communes
from extractor.check.quality.head import check_head
from extractor.check.quality.ranges import check_ranges
from extractor.check.quality.shares import check_shares
from extractor.check.quality.totals import check_totals
from extractor.check.quality.twins import check_twins
from extractor.check.quality.units import check_units

QUALITY_CHECKS = (
    check_units,
    check_ranges,
    check_shares,
    check_totals,
    check_copied_blocks,
    check_twins,
    check_communes,
    check_citations,
    check_head,
)

__all__ = ["QUALITY_CHECKS"]
