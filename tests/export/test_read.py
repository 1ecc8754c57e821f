"""A store -> observations: what is a fact, what is not, and whose word each is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from extractor.export import Observation, Wanted, observation_id, read_observations
from extractor.report import check_json
from extractor.store import NewDecision, Store, decide, read_cells, recheck, save_report
from extractor.store.stretch import decide_stretch
from extractor.store.versions import activate, set_version
from tests.export.reports import FORM, edit, edit_head, form, make_report

CODE = "III.6.4"
KEY = f"{CODE}/value"
DOUBTFUL = {"status": "review", "confidence": 0.5, "reasons": ["low-confidence"]}
NUMBER = iter(range(10**6))


def say(document_id: int, key: str = KEY, kind: str = "misread", **after: Any) -> NewDecision:
    word = after or {"state": "read", "raw": "7", "number": "7", "text": None}
    return NewDecision(f"request-{next(NUMBER)}", document_id, key, kind, "lan", word, why="looked")


def by_code(store: Store, code: str = CODE) -> Observation:
    (one,) = (one for one in read_observations(store, Wanted(code=code)) if one.measure == "main")
    return one


def keep(store: Store, **changes: dict[str, Any]) -> int:
    data, text = make_report("949", "2022", number=None, **changes)
    check_json(text)
    return save_report(store, data, text, None)


def statuses(observations: Iterable[Observation]) -> dict[str, str]:
    return {one.code: one.status for one in observations}


def test_every_indicator_but_headers_is_one_observation(store: Store) -> None:
    one = keep(store)
    found = list(read_observations(store))
    assert [one.code for one in found] == [one.code for one in form().indicators if one.type != "header"]
    assert len({one.id for one in found}) == len(found)
    number = next(index for index, one in enumerate(form().indicators) if one.code == CODE)
    about = by_code(store)
    assert (about.number, about.status, about.review) == (Decimal(number), "A", "accepted")
    assert about.id == observation_id("949", "2022", FORM, CODE)
    assert (about.period_from, about.period_to, about.period_kind) == ("2022-01-01", "2022-12-31", "year")
    assert (about.document_id, about.revision) == (one, 1)


def test_statuses_tell_apart_what_a_cell_may_be(store: Store) -> None:
    absent = {"row": {"state": "absent", "status": "accepted"}}
    keep(
        store,
        I_1_1={"raw": "0", "number": 0},
        I_1_2={"state": "blank", "raw": "", "number": None},
        I_1_3=absent,
        I_2_1={"state": "illegible", "raw": "", "number": None, **DOUBTFUL},
        I_2_2={"row": {"state": "unread", **DOUBTFUL}},
        I_2_3={"raw": "-", "number": None},
        I_3_1=DOUBTFUL,
        I_3_2={"state": "blank", "raw": "", "number": None, **DOUBTFUL},
        I_3_3={"row": {"state": "absent", **DOUBTFUL}},
        I_3_4={"row": {"status": "review", "reasons": ["low-confidence"]}},
    )
    found = statuses(read_observations(store))
    expected = {"I.1.1": "A", "I.1.2": "O", "I.1.3": "NR", "I.2.1": "IL", "I.2.2": "L", "I.2.3": "ND", "I.3.1": "V"}
    expected |= {"I.3.2": "V_O", "I.3.3": "V_NR", "I.3.4": "V"}
    expected = {code: status for code, status in expected.items() if code in found}
    assert len(expected) >= 8
    assert {code: found[code] for code in expected} == expected
    assert all(one.number is None and one.text is None for one in read_observations(store) if not one.is_fact)
    assert by_code(store, "I.3.1").unsettled is not None


def test_a_settled_value_is_a_fact_and_outlives_a_new_reading(store: Store) -> None:
    one = keep(store, III_6_4=DOUBTFUL)
    assert by_code(store).status == "V"
    decide(store, say(one))
    data, text = make_report()
    save_report(store, data, edit(text, III_6_4={"number": 99, "raw": "99"}), None)
    found = by_code(store)
    assert (found.number, found.status, found.review, found.settled_by) == (Decimal(7), "A", "settled", "lan")
    assert (found.settled_kind, found.why, found.revision) == ("misread", "looked", 3)


def test_a_row_that_a_person_says_is_not_printed_has_no_value(store: Store) -> None:
    one = keep(store, III_6_4={"row": {"state": "absent", **DOUBTFUL}})
    decide_stretch(store, say(one, f"absent/{CODE}..{CODE}", "absent", state="absent"))
    with store.read() as connection:
        assert read_cells(connection, one, (KEY,))[0].cell.status == "review"
    found = by_code(store)
    assert (found.status, found.review, found.settled_by) == ("NR", "settled", "lan")


def test_a_row_that_moves_is_nothing_until_the_report_is_judged_again(store: Store) -> None:
    one = keep(store, III_6_5={"row": {"state": "absent", "status": "accepted"}})
    decide(store, say(one, KEY))
    decide(store, say(one, f"{CODE}/row", "matched", code="III.6.5", alias=False, label=""))
    assert (by_code(store).status, by_code(store).reasons) == ("V", ("row-moved",))
    assert by_code(store, "III.6.5").status == "V_NR"


def test_a_second_measure_is_an_observation_of_its_own(store: Store) -> None:
    keep(store, III_6_4={"others": {"Lũy kế": {"number": 8, "raw": "8"}}})
    found = list(read_observations(store, Wanted(code=CODE)))
    assert [(one.measure, one.number) for one in found][1] == ("Lũy kế", Decimal(8))
    assert found[0].id != found[1].id


def test_a_settled_value_whose_column_the_next_reading_lost_stays(store: Store) -> None:
    one = keep(store, III_6_4={"others": {"Lũy kế": {"number": 8, "raw": "8"}}})
    decide(store, say(one, f"{KEY}/Lũy kế"))
    keep(store)
    found = {one.measure: one for one in read_observations(store, Wanted(code=CODE))}
    assert found["Lũy kế"].number == Decimal(7)


def test_what_an_open_error_touches_is_disputed_until_it_is_settled(store: Store) -> None:
    codes = ("VII.6.6", "VII.6.7")
    one = keep(store, VII_6_6={"number": 0, "raw": "0"}, VII_6_7={"number": 250, "raw": "250"})
    recheck(store, one)
    assert {by_code(store, code).status for code in codes} == {"DP"}
    decide(store, say(one, f"{codes[0]}/value", "confirmed", state="read", number="0"))
    assert by_code(store, codes[0]).status == "AD"
    assert by_code(store, codes[0]).number == 0
    with store.read() as connection:
        from extractor.store import read_findings

        keys = [found["key"] for found in read_findings(connection, one) if found["severity"] == "error"]
    for key in keys:
        decide(store, say(one, key, "settled", verdict="as-printed"))
    assert {by_code(store, code).status for code in codes} == {"A"}


def test_what_is_wrong_at_source_has_the_value_that_it_means(store: Store) -> None:
    one = keep(store)
    meant = {"number": "41", "text": None, "unit": None, "raw": "41", "authority": "Sở Nội vụ"}
    decide(store, replace(say(one, KEY, "wrong-at-source", state="read", raw="14", number="14"), published=meant))
    found = by_code(store)
    assert (found.status, found.number, found.raw, found.why) == ("CS", Decimal(41), "14", "looked; Sở Nội vụ")


@pytest.mark.parametrize("name", ["organisation", "period"])
def test_nothing_is_a_fact_where_the_head_is_not_certain(store: Store, name: str) -> None:
    data, text = make_report()
    one = save_report(store, data, edit_head(text, name, status="review", confidence=0.5), None)
    decide(store, say(one))
    found = by_code(store)
    assert (found.status, found.number, found.unsettled, found.reasons) == ("V", None, "7", (f"{name}-unsettled",))
    assert not any(one.is_fact for one in read_observations(store))


def test_two_scans_that_both_stand_dispute_each_other_until_one_is_chosen(store: Store) -> None:
    keep(store)
    data, text = make_report(number="320/BC-UBND")
    second = save_report(store, data, text, None)
    found = list(read_observations(store, Wanted(code=CODE)))
    assert [(one.status, one.reasons) for one in found] == [("DP", ("two-active-versions",))] * 2
    assert len({one.id for one in found}) == 2
    set_version(store, say(1, "version-of"), "replaced", active=False)
    assert by_code(store).document_id == second
    set_version(store, say(second, "version-of"), "draft", active=True)
    assert (by_code(store).status, by_code(store).is_fact) == ("P", True)


def test_of_two_scans_of_one_report_the_chosen_one_speaks(store: Store) -> None:
    one = keep(store)
    data, text = make_report()
    other = save_report(store, data + b"again", text, None)
    assert {found.status for found in read_observations(store, Wanted(code=CODE))} == {"DP"}
    activate(store, say(other, "version"))
    assert by_code(store).document_id == other != one


def test_a_settled_organisation_moves_all_of_a_document(store: Store) -> None:
    one = keep(store)
    decide(store, say(one, "head/organisation", text="UBND huyện Châu Thành", code="942"))
    assert {found.organisation_code for found in read_observations(store)} == {"942"}
    assert by_code(store).organisation == "UBND huyện Châu Thành"
