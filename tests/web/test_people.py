"""The manager's pages of people and agencies."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.workflow import RoundStatus
from s11audit.models import (
    Agency,
    AgencyReturn,
    AuditRound,
    FactorKind,
    Invitation,
    Membership,
    Partnership,
    SecondFactor,
    User,
)
from s11audit.models.database import Database
from s11audit.models.rounds import round_partnerships
from s11audit.services.account import recognised_user
from tests.cast import LONG_AGO, Cast
from tests.pages import Page, Pages

ATTACK = "<script>alert(1)</script>"
ADDRESSES = [
    "/people",
    "/people/invite-many",
    "/people/requests",
    "/people/{asif}",
    "/agencies",
    "/agencies/new",
    "/agencies/POL",
]


@pytest.fixture
def priya(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Priya"])


def add_agency(pages: Pages, **typed: str) -> Page:
    told = {"name": "Elm Row Nursery", "reference": "ELM", "agency_type": "early-years", **typed}
    return pages.post("/agencies/new", {**pages.get("/agencies/new").form(), **told})


def press(pages: Pages, page: Page, action_ends: str) -> Page:
    for form in page.soup.find_all("form"):
        if str(form.get("action", "")).endswith(action_ends):
            return pages.post(str(form["action"]), page.form(action_ends))
    raise AssertionError(f"No form whose action ends with {action_ends!r}")


@pytest.mark.parametrize("who", ["Mo", "Asif", "Bea", "Ines", "Cara"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_only_the_manager_sees_people(pages: Pages, cast: Cast, who: str, address: str) -> None:
    page = pages.sign_in(cast[who]).get(address.format(asif=cast["Asif"].user_id))
    assert page.status == 403
    assert "example.org" not in page.text


def test_the_manager_of_another_partnership_finds_nothing_of_ours(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Olga"])
    asif = cast["Asif"].user_id
    assert pages.get(f"/people/{asif}").status == 404
    assert pages.get("/agencies/POL").status == 404
    assert "Asif" not in pages.get("/people").text
    assert "Downshire" not in pages.get("/agencies").text
    pages.get("/agencies/new")
    for step in ("roles", "roles/1/end", "roles/1/hand-over", "leave", "disable", "password"):
        assert pages.post(f"/people/{asif}/{step}").status == 404


@pytest.mark.parametrize("id_", ["0", "999999", "2147483648", "99999999999999999999", "-1", "x"])
def test_a_person_there_is_not_is_not_found(priya: Pages, id_: str) -> None:
    assert priya.get(f"/people/{id_}").status == 404


def test_who_manages_two_partnerships_says_which(
    priya: Pages, cast: Cast, session: Session
) -> None:
    far = cast.partnerships["FAR"]
    session.add(Membership(user_id=cast["Priya"].user_id, role="manager", partnership_id=far))
    session.commit()
    assert add_agency(priya, partnership="NOWHERE").errors == {
        "partnership": "Choose the partnership"
    }
    assert add_agency(priya, partnership="FAR").status == 303
    address = f"/people/{cast['Mo'].user_id}"
    told = {"role": "scrutineer", "agency": "", "partnership": "FAR"}
    assert (
        priya.post(f"{address}/roles", {**priya.get(address).form("/roles"), **told}).status == 303
    )
    assert "Independent scrutineer or lay member, Farshire SCP" in priya.get(address).text


def test_what_was_stored_is_text_and_not_markup(priya: Pages, cast: Cast, session: Session) -> None:
    session.get_one(User, cast["Asif"].user_id).name = ATTACK
    session.commit()
    add_agency(priya, name=ATTACK)
    for address in (
        "/people",
        "/agencies",
        "/agencies/ELM",
        f"/people/{cast['Asif'].user_id}",
        f"/people?search={ATTACK}",
    ):
        page = priya.get(address)
        assert page.status == 200
        assert not [tag for tag in page.soup.find_all("script") if "alert" in tag.get_text()]
    assert ATTACK in priya.get("/agencies/ELM").text


def test_the_list_marks_the_disabled_and_keeps_the_search(
    priya: Pages, cast: Cast, session: Session
) -> None:
    session.get_one(User, cast["Asif"].user_id).is_active = False
    session.commit()
    page = priya.get("/people?search=s&role=agency-lead&agency=POL")
    assert "1 person found" in page.text
    assert "Asif Disabled" in page.text
    assert page.form() == {"search": "s", "role": "agency-lead", "agency": "POL"}


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=99999999999999999999", "role=x"])
def test_an_odd_address_of_the_list_still_shows_a_list(priya: Pages, query: str) -> None:
    assert priya.get(f"/people?{query}").status == 200


def test_a_long_list_has_pages_that_keep_the_search(
    priya: Pages, cast: Cast, session: Session
) -> None:
    for number in range(120):
        user = User(
            name=f"Person {number:03}",
            email=f"{number}@e.org",
            password_hash="",
            created_at=LONG_AGO,
        )
        user.memberships = [Membership(role="contributor", agency_id=cast.agencies["POL"])]
        session.add(user)
    session.commit()
    first = priya.get("/people?search=Person")
    assert first.soup.select_one(".govuk-pagination__prev") is None
    second = priya.get(first.soup.select_one(".govuk-pagination__next a")["href"])
    assert "Person 050" in second.text
    assert "Person 049" not in second.text
    assert second.soup.select_one("[aria-current=page]").get_text(strip=True) == "2"
    assert "120 people found" in second.text


def test_a_role_is_given_and_taken(priya: Pages, cast: Cast) -> None:
    address = f"/people/{cast['Asif'].user_id}"
    page = priya.get(address)
    page = priya.post(
        f"{address}/roles", {**page.form("/roles"), "role": "signatory", "agency": "POL"}
    )
    assert page.status == 303
    page = priya.get(address)
    assert "Signatory, Downshire Police" in page.text
    assert press(priya, page, "/end").status == 303
    text = priya.get(address).text
    today = long_date(today_in_london(datetime.now(UTC)))
    assert f"Signatory, Downshire Police, since {today}" in text
    assert f"Agency lead, Downshire Police, 5 January 2026 to {today}" in text


def test_disabling_somebody_signs_them_out_until_they_are_enabled(
    priya: Pages, cast: Cast, app: Flask, database: Database
) -> None:
    asif = Pages(app, database).sign_in(cast["Asif"])
    address = f"/people/{cast['Asif'].user_id}"
    assert press(priya, priya.get(address), "/disable").status == 303
    assert asif.get("/account").status == 302
    assert press(priya, priya.get(address), "/enable").status == 303
    assert asif.get("/account").status == 302  # the old session stays ended
    assert asif.sign_in(cast["Asif"]).get("/account").status == 200


def test_a_new_password_ends_sessions_and_the_old_password(
    priya: Pages, cast: Cast, app: Flask, database: Database, session: Session
) -> None:
    asif = Pages(app, database).sign_in(cast["Asif"])
    page = press(priya, priya.get(f"/people/{cast['Asif'].user_id}"), "/password")
    password = page.soup.select(".govuk-summary-list__value")[2].get_text(strip=True)
    assert recognised_user(session, "asif@example.org", password) == cast["Asif"].user_id
    assert asif.get("/account").status == 302


def test_managers_are_not_offered_and_not_granted_their_own_undoing(
    priya: Pages, cast: Cast
) -> None:
    address = f"/people/{cast['Priya'].user_id}"
    page = priya.get(address)
    assert "This is you" in page.text
    assert not [form for form in page.soup.find_all("form") if "disable" in str(form.get("action"))]
    refused = priya.post(f"{address}/disable")
    assert (refused.status, list(refused.errors)) == (422, ["account"])
    assert press(priya, page, "/end").status == 422
    assert priya.post(f"{address}/leave").status == 422
    assert priya.get("/people").status == 200


def test_an_agency_added_is_listed_by_its_type_and_takes_people(priya: Pages) -> None:
    assert add_agency(priya).location == "/agencies/ELM"
    listed = priya.get("/agencies").text
    assert "Early years (1)" in listed
    assert "4 agencies." in listed
    page = priya.get("/agencies/ELM")
    assert "Nobody answers for this agency yet." in page.text
    links = [link["href"] for link in page.soup.select("main a")]
    assert "/people/invite?agency=ELM" in links


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"reference": "pol"}, "reference"),
        ({"reference": "a/b"}, "reference"),
        ({"agency_type": ""}, "agency_type"),
        ({"agency_type": "circus"}, "agency_type"),
    ],
)
def test_what_cannot_be_an_agency_is_explained(
    priya: Pages, typed: dict[str, str], field: str
) -> None:
    page = add_agency(priya, **typed)
    assert (page.status, list(page.errors)) == (422, [field])


def test_a_choice_that_was_not_offered_is_refused_in_plain_words(priya: Pages) -> None:
    page = add_agency(priya, agency_type="circus")
    assert page.errors == {"agency_type": "Choose one of the types in the list"}


def test_an_agencys_page_shows_its_people_and_how_far_its_returns_are(
    priya: Pages, cast: Cast, session: Session
) -> None:
    audit_round = AuditRound(
        partnership_id=cast.partnerships["DOWN"],
        reference="S11-2026",
        title="Section 11 audit 2026",
        questionnaire_id="section-11",
        questionnaire_version="2026",
        status=RoundStatus.OPEN,
        opens_on=date(2026, 1, 5),
        due_on=date(2026, 3, 27),
        closes_on=date(2026, 4, 3),
        created_at=LONG_AGO,
    )
    police = AgencyReturn(
        round=audit_round,
        agency_id=cast.agencies["POL"],
        reference="S11-2026-POL",
        due_on=date(2026, 3, 27),
    )
    session.add(police)
    session.commit()
    text = priya.get("/agencies/POL").text
    assert "Asif , agency lead" in text or "Asif, agency lead" in text
    assert "S11-2026-POL Not started 27 March 2026" in text
    assert "asked for no return" in priya.get("/agencies/HOSP").text


def say(pages: Pages, reference: str, attributes: list[str], other: str = "") -> Page:
    address = f"/agencies/{reference}/attributes"
    held = pages.get("/agencies/SCH/attributes").form("")
    return pages.post(address, {**held, "attributes": attributes, "other": other})


def test_a_manager_says_what_an_agency_has_or_does(priya: Pages) -> None:
    page = say(priya, "SCH", ["boarding", "special"], "farm")
    assert page.location == "/agencies/SCH"
    assert "Boarding; Farm; Special school" in priya.get("/agencies/SCH").text
    again = priya.get("/agencies/SCH/attributes").soup
    ticked = [box["value"] for box in again.find_all("input", checked=True)]
    assert ticked == ["special", "boarding"]
    assert again.find("input", attrs={"name": "other"})["value"] == "farm"


def test_an_attribute_that_is_not_a_code_is_refused_beside_its_box(priya: Pages) -> None:
    page = say(priya, "SCH", ["boarding"], "Big Farm")
    assert page.status == 422
    assert page.errors == {
        "other": "“Big” should be one word of lower-case letters, such as nursery"
    }
    assert "Boarding" not in priya.get("/agencies/SCH").text


def test_another_partnerships_agency_has_no_attributes_to_change(priya: Pages) -> None:
    assert priya.get("/agencies/FARPOL/attributes").status == 404
    assert say(priya, "FARPOL", ["boarding"]).status == 404


def test_whoever_leaves_is_signed_out_and_stays_in_the_list_of_those_who_left(
    priya: Pages, cast: Cast, app: Flask, database: Database
) -> None:
    bea = Pages(app, database).sign_in(cast["Bea"])
    address = f"/people/{cast['Bea'].user_id}"
    assert press(priya, priya.get(address), "/leave").status == 303
    assert bea.get("/account").status == 302
    priya.get(address)  # which says what has been done, once
    assert "Bea" not in priya.get("/people").text
    assert "Contributor, Downshire Police, until" in priya.get("/people?left=1").text
    page = priya.get(address)
    assert "Bea has no role here now" in page.text
    assert "Disabled" in page.text


def test_a_lost_second_step_is_reset(priya: Pages, cast: Cast, session: Session) -> None:
    address = f"/people/{cast['Mo'].user_id}"
    session.add(
        SecondFactor(
            user_id=cast["Mo"].user_id, kind=FactorKind.APP, name="Phone", added_at=LONG_AGO
        )
    )
    session.commit()
    assert press(priya, priya.get(address), "/reset").status == 303
    assert "sets up a new second step" in priya.get(address).text
    assert session.scalars(select(SecondFactor)).all() == []
    session.rollback()
    assert press(priya, priya.get(address), "/reset").status == 303
    assert "had no second step" in priya.get(address).text
    assert priya.post(f"/people/{cast['Priya'].user_id}/second-factors/reset").status == 422


def test_a_role_is_handed_over_to_a_colleague(priya: Pages, cast: Cast, session: Session) -> None:
    page = priya.get(f"/people/{cast['Asif'].user_id}")
    link = next(a["href"] for a in page.soup.select("main a") if "Hand over" in a.text)
    offered = {one["value"] for one in priya.get(link).soup.select("input[name=to]")}
    bea = str(cast["Bea"].user_id)
    assert offered == {bea, str(cast["Ines"].user_id), "new"}
    assert priya.post(link).errors == {"to": "Choose who has this role from now on"}
    assert priya.post(link, {"to": str(cast["Cara"].user_id)}).status == 422
    assert priya.post(link, {"to": bea}).status == 303
    assert "Agency lead, Downshire Police" in priya.get(f"/people/{bea}").text
    assert "has no role here now" in priya.get(f"/people/{cast['Asif'].user_id}").text


@pytest.mark.usefixtures("with_mail")
def test_a_role_is_handed_over_to_somebody_who_is_invited(
    priya: Pages, cast: Cast, session: Session
) -> None:
    page = priya.get(f"/people/{cast['Asif'].user_id}")
    link = next(a["href"] for a in page.soup.select("main a") if "Hand over" in a.text)
    assert priya.post(link, {"to": "new"}).status == 422
    told = {"to": "new", "name": "Noor Haddad", "email": "noor@example.org"}
    assert priya.post(link, told).status == 303
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.email, invitation.role) == ("noor@example.org", "agency-lead")


def test_a_shared_agencys_page_names_another_partnership_only_where_rounds_are_shared(
    priya: Pages, cast: Cast, session: Session
) -> None:
    police = session.get_one(Agency, cast.agencies["POL"])
    police.partnerships.append(session.get_one(Partnership, cast.partnerships["FAR"]))
    session.commit()
    text = priya.get("/agencies/POL").text
    assert "also works with another partnership" in text
    assert "Farshire" not in text
    assert "The manager of each can change this" in priya.get("/agencies/POL/attributes").text
    shared = AuditRound(
        partnership_id=cast.partnerships["FAR"],
        reference="BOTH",
        title="Both",
        questionnaire_id="small",
        questionnaire_version="1",
        opens_on=date(2026, 1, 5),
        due_on=date(2026, 3, 27),
        closes_on=date(2026, 4, 3),
        created_at=LONG_AGO,
    )
    session.add(shared)
    session.flush()
    row = {"round_id": shared.id, "partnership_id": cast.partnerships["DOWN"]}
    session.execute(round_partnerships.insert().values(row))
    session.commit()
    assert "Farshire SCP" in priya.get("/agencies/POL").text
