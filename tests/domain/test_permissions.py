"""The table of permissions: deny by default, each role in its own place, nobody their own judge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from s11audit.domain.access import (
    FOR_AGENCY,
    GRANTABLE,
    RULES,
    SECOND_FACTOR_ROLES,
    THROUGH_PARTNERSHIP,
    Relation,
)
from s11audit.domain.agency_types import SCHOOL_TYPES
from s11audit.domain.permissions import (
    AGENCY_ROLES,
    INSTALLATION_ROLES,
    PARTNERSHIP_ROLES,
    ROLE_LABELS,
    TRUST_ROLES,
    Permission,
    Role,
)
from s11audit.domain.viewers import Grant, Place, Viewer
from s11audit.domain.workflow import SUBMITTED_STATUSES

OWN, OTHER, SCHOOL = 10, 20, 30
DOWN, FAR = 1, 2
POLICE = Place(OWN, "police", frozenset({DOWN}))
HOSPITAL = Place(OTHER, "nhs-trust", frozenset({DOWN}))
ELM_ROW = Place(SCHOOL, "school", frozenset({DOWN}))
ABROAD = Place(40, "police", frozenset({FAR}))
SHARED = Place(50, "police", frozenset({DOWN, FAR}))


def grant_of(role: Role, place: int) -> Grant:
    """The role, held for what such a role is held for."""
    if role in INSTALLATION_ROLES:
        return Grant(role)
    if role in PARTNERSHIP_ROLES:
        return Grant(role, partnership_id=place)
    return Grant(role, agency_id=place)


def viewer(*grants: Grant) -> Viewer:
    return Viewer(1, "Somebody", grants=grants)


grants = some.builds(grant_of, some.sampled_from(Role), some.sampled_from([DOWN, FAR, OWN, OTHER]))
places = some.builds(
    Place,
    some.sampled_from([DOWN, FAR, OWN, OTHER, SCHOOL]),
    some.sampled_from(["police", "nhs-trust", *sorted(SCHOOL_TYPES)]),
    some.frozensets(some.sampled_from([DOWN, FAR, OWN]), max_size=3),
)


def allows(one: Grant, permission: Permission, place: Place, own: frozenset[int]) -> bool:
    """What the words of a relation say of one role, written a second time and plainly."""
    relation = RULES[permission].roles.get(one.role)
    is_theirs = one.agency_id == place.agency_id
    in_partnership = one.partnership_id in place.partnerships
    match relation:
        case Relation.AGENCY | Relation.DELEGATED | Relation.TRUST | Relation.ASSIGNED:
            return is_theirs
        case Relation.PARTNERSHIP | Relation.PANEL | Relation.NAMED | Relation.CHAIRED:
            return in_partnership
        case Relation.SCHOOLS:
            return in_partnership and place.agency_type in SCHOOL_TYPES
        case Relation.OTHERS:
            return in_partnership and place.agency_id not in own
        case _:
            return False


@given(some.lists(grants, max_size=4), some.sampled_from(Permission), places)
def test_nothing_is_allowed_but_what_some_role_allows_there(
    held: list[Grant], permission: Permission, place: Place
) -> None:
    somebody = viewer(*held)
    own = frozenset(
        one.agency_id for one in held if one.role in AGENCY_ROLES and one.agency_id is not None
    )
    assert somebody.may_at(permission, place) == any(
        allows(one, permission, place, own) for one in held
    )
    if somebody.may_at(permission, place):
        assert somebody.may(permission)
    assert not (somebody.reach(permission).bars(place) and somebody.may_at(permission, place))


@given(some.lists(grants, max_size=3), grants, some.sampled_from(Permission), places)
def test_another_role_takes_nothing_away_but_judging_their_own_agency(
    held: list[Grant], more: Grant, permission: Permission, place: Place
) -> None:
    before, after = viewer(*held), viewer(*held, more)
    if before.may_at(permission, place) and not after.may_at(permission, place):
        assert Relation.OTHERS in RULES[permission].roles.values()
        assert place.agency_id in after.own_agencies
        assert after.reach(permission).bars(place)


@pytest.mark.parametrize("permission", Permission)
def test_somebody_without_a_role_may_do_nothing(permission: Permission) -> None:
    nobody = viewer()
    assert not nobody.may(permission)
    assert nobody.agencies(permission) == nobody.partnerships(permission) == frozenset()
    assert not any(nobody.may_at(permission, place) for place in (POLICE, SHARED))


def test_every_permission_and_every_role_stands_in_the_table() -> None:
    assert set(RULES) == set(Permission)
    assert all(rule.roles for rule in RULES.values())
    assert set(ROLE_LABELS) == set(Role)
    scopes = (INSTALLATION_ROLES, PARTNERSHIP_ROLES, TRUST_ROLES, AGENCY_ROLES)
    assert sum(len(scope) for scope in scopes) == len(Role)
    assert frozenset().union(*scopes) == set(Role)


def test_a_role_is_given_only_a_relation_of_its_own_scope() -> None:
    for permission, rule in RULES.items():
        for role, relation in rule.roles.items():
            if relation in THROUGH_PARTNERSHIP:
                assert role in PARTNERSHIP_ROLES, (permission, role)
            elif relation in FOR_AGENCY:
                assert role in AGENCY_ROLES | TRUST_ROLES, (permission, role)
            elif relation is Relation.INSTALLATION:
                assert role in INSTALLATION_ROLES, (permission, role)


@pytest.mark.parametrize(
    "permission",
    [
        Permission.EDIT_ANSWERS,
        Permission.DELEGATE,
        Permission.SEND_FOR_SIGN_OFF,
        Permission.SIGN_RETURN,
        Permission.PROGRESS_ACTION,
    ],
)
def test_only_people_of_the_agency_write_or_sign_its_return(permission: Permission) -> None:
    assert set(RULES[permission].roles) <= AGENCY_ROLES


@pytest.mark.parametrize(
    "permission",
    [
        Permission.SCRUTINISE,
        Permission.READ_PLAINLY,
        Permission.SEND_BACK,
        Permission.MODERATE,
        Permission.VERIFY_ACTION,
        Permission.EXPORT,
    ],
)
def test_only_people_of_the_partnership_scrutinise(permission: Permission) -> None:
    assert set(RULES[permission].roles) <= PARTNERSHIP_ROLES
    if permission in (Permission.SCRUTINISE, Permission.READ_PLAINLY):
        assert RULES[permission].states == SUBMITTED_STATUSES


@pytest.mark.parametrize("role", [Role.MANAGER, Role.QA_CHAIR, Role.QA_MEMBER])
@pytest.mark.parametrize("permission", [Permission.MODERATE, Permission.VERIFY_ACTION])
@pytest.mark.parametrize("works_as", sorted(AGENCY_ROLES))
def test_nobody_judges_the_agency_that_they_work_for(
    role: Role, permission: Permission, works_as: Role
) -> None:
    both = viewer(Grant(role, partnership_id=DOWN), Grant(works_as, agency_id=OWN))
    assert not both.may_at(permission, POLICE)
    assert both.reach(permission).bars(POLICE)
    assert both.may_at(permission, HOSPITAL)
    assert not both.reach(permission).bars(HOSPITAL)
    assert both.may_at(Permission.SCRUTINISE, POLICE)  # reading is another matter
    assert not both.reach(permission).bars(ABROAD)


@pytest.mark.parametrize("role", [Role.SCRUTINEER, Role.EDUCATION_REVIEWER, Role.YOUNG_PANELLIST])
def test_those_who_only_read_change_nothing(role: Role) -> None:
    reader = viewer(Grant(role, partnership_id=DOWN))
    changing = {
        Permission.EDIT_ROUNDS,
        Permission.EDIT_AGENCIES,
        Permission.GRANT_ROLES,
        Permission.EDIT_QUESTIONNAIRES,
        Permission.PUBLISH_QUESTIONNAIRES,
        Permission.SEND_BACK,
        Permission.MODERATE,
        Permission.VERIFY_ACTION,
        Permission.PROGRESS_ACTION,
        Permission.EDIT_ANSWERS,
    }
    assert not [one for one in changing if reader.may(one)]


def test_an_education_reviewer_reaches_schools_and_no_others() -> None:
    reviewer = viewer(Grant(Role.EDUCATION_REVIEWER, partnership_id=DOWN))
    for permission in (Permission.SCRUTINISE, Permission.EXPORT, Permission.SEE_ACTIONS):
        assert reviewer.may_at(permission, ELM_ROW)
        assert not reviewer.may_at(permission, POLICE)


def test_a_young_panellist_reads_plain_words_cases_of_their_panels_and_briefings() -> None:
    young = viewer(Grant(Role.YOUNG_PANELLIST, partnership_id=DOWN))
    allowed = {one for one in Permission if young.may(one)}
    assert allowed == {
        Permission.USE_ACCOUNT,
        Permission.SECURE_ACCOUNT,
        Permission.READ_PLAINLY,
        Permission.SEE_PANELS,
        Permission.READ_CASES,
        Permission.READ_BRIEFINGS,
    }


def test_a_contributor_does_not_take_the_return_out_or_further() -> None:
    contributor = viewer(Grant(Role.CONTRIBUTOR, agency_id=OWN))
    assert contributor.reach(Permission.EDIT_ANSWERS).delegated == {OWN}
    assert contributor.reach(Permission.EDIT_ANSWERS).agencies == frozenset()
    for permission in (
        Permission.KEEP_RETURN,
        Permission.DELEGATE,
        Permission.SEND_FOR_SIGN_OFF,
        Permission.SIGN_RETURN,
    ):
        assert not contributor.may(permission)
    lead_too = viewer(
        Grant(Role.CONTRIBUTOR, agency_id=OWN), Grant(Role.AGENCY_LEAD, agency_id=OWN)
    )
    assert lead_too.reach(Permission.EDIT_ANSWERS).agencies == {OWN}
    assert lead_too.reach(Permission.EDIT_ANSWERS).delegated == frozenset()


def test_a_trust_viewer_reads_and_keeps_but_writes_nothing() -> None:
    reader = viewer(Grant(Role.TRUST_VIEWER, agency_id=SCHOOL))
    assert reader.may_at(Permission.SEE_RETURN, ELM_ROW)
    assert reader.may_at(Permission.KEEP_RETURN, ELM_ROW)
    assert not reader.may_at(Permission.SEE_RETURN, POLICE)
    assert not reader.may(Permission.EDIT_ANSWERS)
    assert not reader.may(Permission.SIGN_RETURN)


def test_a_shared_agency_is_within_reach_of_each_of_its_partnerships() -> None:
    for home in (DOWN, FAR):
        assert viewer(Grant(Role.QA_MEMBER, partnership_id=home)).may_at(
            Permission.SCRUTINISE, SHARED
        )
    assert not viewer(Grant(Role.QA_MEMBER, partnership_id=FAR)).may_at(
        Permission.SCRUTINISE, POLICE
    )


def test_nobody_hands_out_a_role_above_their_own() -> None:
    assert Role.OPERATOR not in GRANTABLE[Role.MANAGER]
    assert GRANTABLE[Role.AGENCY_LEAD] <= AGENCY_ROLES - {Role.AGENCY_LEAD}
    assert set(GRANTABLE) == {Role.OPERATOR, Role.MANAGER, Role.AGENCY_LEAD}
    assert {Role.OPERATOR, Role.MANAGER, Role.CASE_AUDITOR} <= SECOND_FACTOR_ROLES
