"""A page without upright rulings -> the grid that the alignment of its print gives away.

Columns are the gutters that nearly all lines of the table leave white, or those of the same table on the page before;
rows are parted by level rulings where there are enough of them, else by the white between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extractor.grid.bands import find_row_borders
from extractor.grid.frame import (
    FEWEST_RULINGS,
    LEAST_RULINGS,
    SAME_END,
    find_framed,
    find_level_frame,
    find_upright_frame,
    rulings_outside,
)
from extractor.grid.gutters import APART, CROSSED, crosses, find_columns, follow_columns, keep_apart, reach_out
from extractor.grid.lattice import build_grid
from extractor.grid.level import find_lost_rulings, find_row_rulings
from extractor.grid.line import Line
from extractor.grid.outer import rows_beyond
from extractor.grid.phrases import Phrase, find_phrases
from extractor.grid.printed_lines import (
    CENTRED,
    LEAST_COLUMNS,
    LEAST_LINES,
    MAX_LINE_GAP,
    PAGE_NUMBER,
    PrintedLine,
    find_printed_lines,
    find_runs,
    n_apart,
    n_full,
    trim,
    without_lone,
    without_titles,
)
from extractor.grid.rulings import Rulings
from extractor.records import Grid, Guide, PageImage

LEAST_FOLLOWED = 2  # the same where they keep to the columns of another page
LEAST_FILLED = 2  # columns of a row or two between rulings of the table: a label and its unit
WIDE_CELLS = 2  # phrases of one line that may cross the borders that most pages have
BROKEN_CROSSED = 0.25  # share of the lines with print across known borders, on a page whose rulings are broken
RULED_ROWS, WHITE_ROWS, GUESSED_ROWS = 0.9, 0.4, 0.3  # certainty of a grid whose columns, and rows, are told by print
WRAPPED = 0.9  # text heights between two lines of one cell
LEAST_STREAK = 6.0  # text heights: no letter is as tall, nor two in line


def find_aligned(page: PageImage, rulings: Rulings, guide: Guide, taken: Sequence[Grid] = ()) -> tuple[Grid, ...]:
    """The unruled table of a page, at most one, above or below the tables `taken`. `guide`: another page's columns."""
    found, left_out = _find_aligned(page, rulings, guide, taken)
    if not found and not guide.borders:
        # paragraphs near a small table hide its gutters, but not the rulings that frame it
        found, left_out = _find_aligned(page, rulings, guide, taken, FEWEST_RULINGS)
    if found and left_out > LEAST_FOLLOWED and guide.borders and not guide.ruled:
        # print of this page that crosses another's columns ends its table, unless it goes by its own
        alone, _ = _find_aligned(page, rulings, replace(guide, borders=()), taken)
        if alone and alone[0].n_columns == found[0].n_columns and alone[0].n_rows > found[0].n_rows + LEAST_FOLLOWED:
            found = alone
    without_first = replace(guide, borders=(*guide.borders[:1], *guide.borders[2:]))
    if not guide.usual or guide.ruled or not found or found[0].n_columns >= len(without_first.borders) - 1:
        return found
    # a last page without the column of numbers, on which little tells its other columns apart
    again, _ = _find_aligned(page, rulings, without_first, taken)
    return again if again and again[0].n_columns == len(without_first.borders) - 1 else found


def _find_aligned(
    page: PageImage, rulings: Rulings, guide: Guide, taken: Sequence[Grid], framing: int = LEAST_RULINGS
) -> tuple[tuple[Grid, ...], int]:
    """The table, and how many lines of print in several columns are left out of it.

    `framing`: how many level rulings of one width frame a table.
    """
    guide = replace(guide, borders=tuple(x * page.gray.shape[1] for x in guide.borders))
    rulings = rulings_outside(rulings, taken, page.text_height)
    frame = find_upright_frame(rulings, page, guide) if guide.ruled else find_level_frame(rulings, page, framing)
    # in a table without upright rulings, a long upright stroke is a scanner's streak
    streaks = [s for s in rulings.columns if s.length > LEAST_STREAK * page.text_height]
    found = find_phrases(page, rulings.columns if guide.ruled else streaks, rulings.rows)
    lines = find_printed_lines(found, page.text_height, taken, frame)
    block = _table_block(lines, page, guide)
    xs = _columns(block, page, guide)
    if not xs and guide.usual and not guide.ruled:
        block, xs = _framed_rows(lines, rulings, page, guide)
        if not xs:
            block, xs = _lone_rows(lines, page, guide)
    if not xs:
        return (), 0
    left_out = n_full([line for line in lines if line not in block], page.text_height)
    printed = [phrase for line in block for phrase in line.phrases]
    xs = reach_out(keep_apart(xs, printed, page.text_height), printed, page.text_height)
    if not guide.ruled and frame[0] > 0:
        # level rulings end where the table does, be its last column all but blank
        end = SAME_END * page.text_height
        xs = [min(xs[0], frame[0] + end), *xs[1:-1], max(xs[-1], frame[2] - end)]
    phrases = [p for p in printed if xs[0] <= (p.x0 + p.x1) / 2 <= xs[-1]]
    rows = find_row_borders(phrases, xs, page.text_height)
    told, by_white = rows.ys, rows.by_white
    full = [(line.y0 + line.y1) / 2 for line in block if n_apart(line, page.text_height) >= LEAST_COLUMNS]
    ruled = find_row_rulings([(line.y0, line.y1) for line in block], full, rulings, xs, page.text_height)
    ys, certainty = (ruled, RULED_ROWS) if ruled else (told, WHITE_ROWS if by_white else GUESSED_ROWS)
    if ruled and by_white:
        # rulings may be lost, and then white parts rows too
        more = find_lost_rulings(told[1:-1], ruled, rulings, phrases, xs, page.text_height)
        if guide.ruled:
            more = [y for y in told[1:-1] if min(abs(y - r) for r in ruled) > page.text_height]
        ys = sorted([*ruled, *more])
        certainty = RULED_ROWS if len(ys) == len(ruled) else WHITE_ROWS
    whole = guide.ruled or frame[3] >= page.gray.shape[0]
    cut = [] if whole else _cut_row(found, xs, ys[-1], page.text_height)
    begun = [] if whole or not guide.borders else _begun_row(found, xs, ys[0], page.text_height)
    ys = [*begun, *ys, *cut]
    vertical = [Line(xs[0], ((ys[0], ys[-1]),)), *_inner(xs, ys, phrases, page.text_height)]
    vertical.append(Line(xs[-1], ((ys[0], ys[-1]),)))
    horizontal = [_level(y, xs, rows.merged) for y in ys]
    grid = build_grid(horizontal, vertical, page.number, None)
    if cut:
        cells = tuple(replace(c, open=True) if c.row + c.row_span == grid.n_rows else c for c in grid.cells)
        grid = replace(grid, cells=cells)
    return (replace(grid, certainty=certainty),), left_out


def _cut_row(printed: Sequence[Phrase], xs: Sequence[float], foot: float, text_height: float) -> list[float]:
    """Where the row ends that stands below the last ruling of a page, at most one: it goes on overleaf.

    Its label may be all of it. Behind it there is nothing but a page number: signatures have further lines.
    """
    _, below = rows_beyond(printed, xs, (foot, foot), text_height, least=1)
    is_row = below and _has_words(printed, foot, below[0]) and not _has_words(printed, below[0], float("inf"))
    return below if is_row else []


def _begun_row(printed: Sequence[Phrase], xs: Sequence[float], head: float, text_height: float) -> list[float]:
    """Where the rest of a row begins that stands above the first ruling of a page, at most one, below a page number."""
    above, _ = rows_beyond(printed, xs, (head, head), text_height, least=1)
    is_row = above and _has_words(printed, above[0], head) and not _has_words(printed, 0.0, above[0])
    return above if is_row else []


def _has_words(printed: Sequence[Phrase], top: float, bottom: float) -> bool:
    """Whether more than a page number stands between two heights."""
    return sum(p.n_letters for p in printed if p.full and top < (p.y0 + p.y1) / 2 < bottom) > PAGE_NUMBER


def _inner(xs: Sequence[float], ys: Sequence[float], phrases: Sequence[Phrase], text_height: float) -> list[Line]:
    """Borders between columns, broken in rows where print lies across them: a title over several columns."""
    lines = []
    for x in xs[1:-1]:
        across = [(p.y0 + p.y1) / 2 for p in phrases if crosses(p, x, text_height)]
        rows = pairwise(ys)
        lines.append(Line(x, tuple((a, b) for a, b in rows if not any(a <= y <= b for y in across)) or ((0.0, 0.0),)))
    return lines


def _level(y: float, xs: Sequence[float], merged: Sequence[tuple[int, float, float]]) -> Line:
    """The border between two rows, broken in columns whose cell is merged over both."""
    broken = {column for column, top, bottom in merged if top < y < bottom}
    return Line(y, tuple(span for column, span in enumerate(pairwise(xs)) if column not in broken))


def _columns(block: list[PrintedLine], page: PageImage, guide: Guide) -> list[float]:
    """Borders of the block's columns, empty where there are too few."""
    own = _own_columns(block, page.text_height)
    phrases = [phrase for line in block for phrase in line.phrases]
    wide, few = APART * page.text_height, CROSSED * len(block)
    followed, crossing = _followed(guide, block, page)
    most = max(few, WIDE_CELLS) if guide.usual else few
    # where labels take two lines, and units and figures stand between them, hardly a line is full
    if followed and (n_full(block, page.text_height) >= LEAST_FOLLOWED or _is_part(own, followed, block)):
        shared = _shared(block, followed, wide) - _shared(block, own, wide) if own else 0
        beside = sum(line.phrases[0].x1 < followed[0] or line.phrases[-1].x0 > followed[-1] for line in block)
        if guide.ruled:
            # remains of rulings join words across the borders, but the borders are known
            own = followed if crossing <= BROKEN_CROSSED * len(block) else []
        elif crossing <= most and shared <= (few if guide.usual else 0) and beside <= few:
            further = not guide.usual and _parts_last(own, followed, CENTRED * (followed[-1] - followed[0]))
            # as many columns, and words run on over the others' borders but not over these
            better = len(own) == len(followed) and _n_over(own, phrases) + few < _n_over(followed, phrases)
            own = own if further or better else keep_apart(followed, phrases, page.text_height)
    return own if len(own) > LEAST_COLUMNS else []


def _own_columns(block: Sequence[PrintedLine], text_height: float) -> list[float]:
    """Borders of the gutters that the block's lines leave white, empty where too few tell."""
    # a line of one phrase may be a title or wrapped, so it tells no gutter
    rich = [line.phrases for line in block if len(line.phrases) > 1]
    return find_columns(rich, text_height) if len(rich) >= LEAST_LINES else []


def _followed(guide: Guide, block: Sequence[PrintedLine], page: PageImage) -> tuple[list[float], int]:
    """The guide's borders laid over the block, and how many phrases cross them; none where there is nothing to lay."""
    phrases = [phrase for line in block for phrase in line.phrases]
    if not guide.borders or not phrases:
        return [], 0
    xs = follow_columns(guide.borders, phrases, page.text_height, page.gray.shape[1])
    if guide.usual and not guide.ruled:
        # print may be wider here than on any other page
        xs = keep_apart(xs, phrases, page.text_height)
    return xs, sum(any(crosses(p, x, page.text_height) for x in xs[1:-1]) for p in phrases)


def _n_over(xs: Sequence[float], phrases: Sequence[Phrase]) -> int:
    """How many phrases lie over a border between columns, be it white between two of their words."""
    return sum(any(p.x0 < x < p.x1 for x in xs[1:-1]) for p in phrases)


def _is_part(own: Sequence[float], followed: Sequence[float], block: Sequence[PrintedLine]) -> bool:
    """Whether the gutters that a page tells itself are among those of another page: near them, or no print between."""
    near = CENTRED * (followed[-1] - followed[0])
    printed = [(p.x0 + p.x1) / 2 for line in block for p in line.phrases]

    def is_same(a: float, b: float) -> bool:
        return abs(a - b) < near or not any(min(a, b) < x < max(a, b) for x in printed)

    return len(own) > LEAST_COLUMNS and all(any(is_same(x, y) for y in followed[1:-1]) for x in own[1:-1])


def _parts_last(own: Sequence[float], followed: Sequence[float], near: float) -> bool:
    """Whether a page's own borders are those of another page and one more, within the last column there.

    On a page where few notes stand beside figures, nothing tells the two columns apart.
    """
    if len(own) != len(followed) + 1:
        return False
    kept = all(abs(a - b) < near for a, b in zip(own[1:-2], followed[1:-1], strict=True))
    return kept and followed[-2] + near < own[-2] < followed[-1] - near


def _shared(block: list[PrintedLine], xs: Sequence[float], wide: float) -> int:
    """Lines of which two phrases that stand far apart lie in one column."""
    return sum(
        any(b.x0 - a.x1 > wide and not any(a.x1 <= x <= b.x0 for x in xs) for a, b in pairwise(line.phrases))
        for line in block
    )


def _table_block(lines: list[PrintedLine], page: PageImage, guide: Guide) -> list[PrintedLine]:
    """The longest run of lines that share gutters."""
    best: list[PrintedLine] = []
    for run in find_runs(lines, page.text_height):
        block = _refined(_guided(run, page, guide), page, guide) or _refined(run, page, guide)
        if len(block) > len(best):
            best = block
    return without_lone(best, page.text_height)


def _refined(block: list[PrintedLine], page: PageImage, guide: Guide) -> list[PrintedLine]:
    """The lines of the block that share gutters, empty where too few do."""
    for _ in range(4):
        xs = _columns(block, page, guide)
        if not xs:
            block = block[max(len(block) // 10, 1) :]  # a head above the table hides its gutters
            continue
        trimmed = without_titles(trim(block, xs[1:-1], page.text_height), xs)
        if len(trimmed) == len(block):
            break
        block = trimmed
    return block if _columns(block, page, guide) else []


def _guided(run: list[PrintedLine], page: PageImage, guide: Guide) -> list[PrintedLine]:
    """The part of the run that lies between the borders of another page's table."""
    xs, _ = _followed(guide, run, page)
    if not xs:
        return []
    part = trim(run, xs[1:-1], page.text_height)
    crossing = [
        i for i, line in enumerate(part) if any(crosses(p, x, page.text_height) for p in line.phrases for x in xs[1:-1])
    ]
    few = BROKEN_CROSSED if guide.ruled else CROSSED
    # a last page without the first column has other gutters than the pages before
    whole = part if len(crossing) <= few * len(part) else []
    if not guide.usual or (whole and _keeps(whole, page, guide)):
        return whole
    # titles above the table and signatures below it stand across its columns
    spans = [(start, end) for start in (0, *(i + 1 for i in crossing)) for end in (*crossing, len(part)) if start < end]
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        outside = n_full([*part[:start], *part[end:]], page.text_height)
        inside = sum(start <= i < end for i in crossing)
        if outside < LEAST_FOLLOWED and inside <= few * (end - start):
            block = part[start:end]
            if _is_part(_own_columns(block, page.text_height), xs, block) and _keeps(block, page, guide):
                return block
    return whole


def _keeps(block: list[PrintedLine], page: PageImage, guide: Guide) -> bool:
    """Whether the block has all columns of another page."""
    return len(_columns(block, page, guide)) == len(guide.borders)


def _framed_rows(
    lines: list[PrintedLine], rulings: Rulings, page: PageImage, guide: Guide
) -> tuple[list[PrintedLine], list[float]]:
    """The lines between level rulings that are as wide as other pages' table, and the borders of those pages."""
    if not guide.borders:
        return [], []
    top, bottom = find_framed(rulings, guide.borders[0], guide.borders[-1], page.text_height)
    block = [line for line in lines if top < (line.y0 + line.y1) / 2 < bottom]
    xs, _ = _followed(guide, block, page)
    filled = {sum(x < (p.x0 + p.x1) / 2 for x in xs) for line in block for p in line.phrases}
    clear = len(filled) >= LEAST_FILLED and all(_is_clear(line, xs, page) for line in block)
    return (block, xs) if clear else ([], [])


def _lone_rows(lines: list[PrintedLine], page: PageImage, guide: Guide) -> tuple[list[PrintedLine], list[float]]:
    """The lines of a row or two, too few to tell columns, and the borders of most pages, between which they stand.

    They are the end of the table, at the head of a page: below a page number alone.
    """
    block: list[PrintedLine] = []
    xs: list[float] = []
    for line in lines:
        gap = line.y0 - block[-1].y1 if block else 0.0
        if block and gap <= WRAPPED * page.text_height and _is_clear(line, xs, page):
            block.append(line)
        elif n_apart(line, page.text_height) >= LEAST_COLUMNS and gap <= MAX_LINE_GAP * page.text_height:
            own = xs or _followed(guide, [line], page)[0]
            filled = {sum(x < (p.x0 + p.x1) / 2 for x in own) for p in line.phrases}
            if len(filled) >= LEAST_COLUMNS and _is_clear(line, own, page):
                block, xs = [*block, line], own
        if not block and sum(phrase.n_letters for phrase in line.phrases) > PAGE_NUMBER:
            break
    return block, xs


def _is_clear(line: PrintedLine, xs: Sequence[float], page: PageImage) -> bool:
    """Whether all of a line lies between the borders, and across none."""
    inside = xs[0] < line.phrases[0].x0 and line.phrases[-1].x1 < xs[-1]
    return inside and not any(crosses(p, x, page.text_height) for p in line.phrases for x in xs)
