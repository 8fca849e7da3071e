"""Likely names, and the capitals of an audit that are nobody's."""

from __future__ import annotations

import pytest

from s11audit.domain.guard import Certainty, Kind, find_in_file_name
from tests.domain.guard.told import of_kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We spoke to Sarah alone.", "Sarah"),
        ("Jayden's bruise was seen by the nurse.", "Jayden"),
        ("mum sarah not home", "sarah"),
        ("told ellie-mae we would be back", "ellie-mae"),
        ("MOTHER: PRIYA PATEL", "PRIYA PATEL"),
        ("Mum Grace told us.", "Grace"),
        ("Will Smith attended.", "Will Smith"),
        ("Mr Green rang twice.", "Green"),
        ("Kim Green rang twice.", "Kim Green"),
        ("Mr K was not invited.", "K"),
        ("J. Okonkwo reviewed the file.", "J. Okonkwo"),
        ("A.K. was seen at school.", "A.K."),
        ("JB said that he was tired.", "JB"),
        ("The mother of JT works nights.", "JT"),
        ("Xanthippe, aged 7, lives with an aunt.", "Xanthippe"),
        ("The father, Zbyszko, was not seen.", "Zbyszko"),
        ("What would Ahsanullah say?", "Ahsanullah"),
        ("Zoe\u0308 has a new worker.", "Zoe\u0308"),
        ("Sar\u200bah has a new worker.", "Sar\u200bah"),
        ("\u0405arah has a new worker.", "\u0405arah"),
        ("Sarah Jones School Nurse was told.", "Sarah Jones"),
        ("PC Brown attended.", "Brown"),
        ("Yaroslavka is home.", "Yaroslavka"),
        ("Letters from Tvrdoslav, in a box, got lost.", "Tvrdoslav"),
        ("Shaunyce keeps a diary.", "Shaunyce"),
        ("Tansy-Mae loved it.", "Tansy-Mae"),
        ("The Trantham children were removed.", "Trantham"),
        ("Her partner is Qorveth.", "Qorveth"),
        ("Told her sarahs mum rang.", "sarahs"),
        ("rang mrs donnelly, no answer", "donnelly"),
        ("DAWID SEEN AT SCHOOL TODAY BY WORKER", "DAWID"),
        ("MOTHER QORVETTE WANTS TO MOVE HOUSE", "QORVETTE"),
        ("Favour wept when she was told.", "Favour"),
    ],
)
def test_a_name_is_found_where_it_stands(text: str, name: str) -> None:
    assert of_kind(Kind.NAME, text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "In May and June the Steering Group met; it will meet in April.",
        "May we see the plan? Will it be shared? Mark it as read.",
        "Grace periods and hope for the future; Amber, then Green.",
        "The East Sussex Safeguarding Children Partnership met in Hastings.",
        "St Mary's Primary School in Tarnshire, and Victoria Park Academy.",
        "Clare's Law, Gillick competence and Fraser guidelines were followed.",
        "Working Together to Safeguard Children and the Children Act 1989.",
        "The DSL said so. SW said so. The GP reported it. Child A said so.",
        "Barnardo's and the NSPCC were told; Cafcass's letter was shared.",
        "Head of Midwifery, Deputy Chief Nurse and Team Manager (Adults)",
        "First-day calls, One-to-one talks and Pre-sentence reports.",
        "The School Attendance (Pupil Registration) Regulations 2024",
        "Families in Ringmer and at Lowmoor now go by bus.",
        "GOOD PRACTICE: PERSISTENT ATTEMPTS TO ENGAGE FATHER",
        "Safegaurding was discussed. Attendence fell.",
        "See https://example.org/sarah/jones for the form, or s11audit.",
        "He came at 9 a.m. and left at 5 P.M. on Tuesday.",
        "Whooley questions, Boxall profiles, Crohn's disease, ELSA sessions.",
        "Ward staff at St Thomas' and the Evelina sent no chronology.",
        "Lincoln, Kent and Chester returned it; Devon has asked for time.",
        "Success came late. Silence was kept. Truth and Kindness are its values.",
        "Summer was a risk. Autumn saw a rise. Faith was said to help.",
        "POLICE SAID NFA. CHILD SEEN AT SCHOOL. RANG CYPS.",
        "In this case we will let them know.",
    ],
)
def test_months_roles_places_laws_and_slips_are_no_names(text: str) -> None:
    assert of_kind(Kind.NAME, text) == []


def test_a_word_that_may_be_a_name_is_possible_and_interrupts_nobody() -> None:
    assert of_kind(Kind.NAME, "It ended with a Victoria sponge.", Certainty.POSSIBLE) == []
    assert of_kind(Kind.NAME, "Letters from Qorveth, in a box, got lost.", Certainty.POSSIBLE) == [
        "Qorveth"
    ]
    assert of_kind(Kind.NAME, "Letters from Qorveth, in a box, got lost.") == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Sarah_Smith_chronology.docx", "Sarah_Smith"),
        ("plan-for-jayden.pdf", "jayden"),
        ("SmithSarah.docx", "Sarah"),
        ("report 943 476 5919.pdf", "943 476 5919"),
    ],
)
def test_names_of_files_are_read_as_people_write_them(name: str, shown: str) -> None:
    assert shown in [name[hit.start : hit.end] for hit in find_in_file_name(name)]


@pytest.mark.parametrize("name", ["Neglect_Strategy_2026.docx", "MA-26-03-C2 chronology.xlsx"])
def test_harmless_names_of_files_are_left_alone(name: str) -> None:
    assert find_in_file_name(name) == []
