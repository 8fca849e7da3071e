from __future__ import annotations

import pytest

from s11audit.domain.access import RULES
from s11audit.domain.permissions import (
    AGENCY_ROLES,
    PARTNERSHIP_ROLES,
    ROLE_LABELS,
    Permission,
    Role,
)
from s11audit.domain.viewers import Grant, Viewer

PRIYA = Viewer(1, "Priya", grants=(Grant(Role.MANAGER, partnership_id=1),))
MO = Viewer(2, "Mo", grants=(Grant(Role.QA_MEMBER, partnership_id=1),))
ASIF = Viewer(3, "Asif", grants=(Grant(Role.AGENCY_LEAD, agency_id=10),))
HUGO = Viewer(4, "Hugo", grants=(Grant(Role.SIGNATORY, agency_id=20),))
CARA = Viewer(5, "Cara", grants=(Grant(Role.AGENCY_LEAD, agency_id=30),))


@pytest.mark.parametrize("permission", Permission)
def test_somebody_without_a_role_may_do_nothing(permission: Permission) -> None:
    nobody = Viewer(6, "Nobody")
    assert not nobody.may(permission)
    assert nobody.agencies(permission) == nobody.partnerships(permission) == frozenset()


def test_every_permission_names_the_roles_that_have_it() -> None:
    assert set(RULES) == set(Permission)
    assert all(rule.roles for rule in RULES.values())
    assert set(ROLE_LABELS) == set(Role) == PARTNERSHIP_ROLES | AGENCY_ROLES


@pytest.mark.parametrize(
    "permission", [Permission.EDIT_ANSWERS, Permission.SEND_FOR_SIGN_OFF, Permission.SIGN_RETURN]
)
def test_no_partnership_role_writes_or_signs_an_agencys_return(permission: Permission) -> None:
    assert not set(RULES[permission].roles) & PARTNERSHIP_ROLES


@pytest.mark.parametrize(
    "permission",
    [Permission.SCRUTINISE, Permission.SEND_BACK, Permission.MODERATE, Permission.EXPORT],
)
def test_no_agency_role_scrutinises(permission: Permission) -> None:
    assert not set(RULES[permission].roles) & AGENCY_ROLES


def test_only_a_signatory_signs_and_a_signatory_does_not_answer() -> None:
    assert set(RULES[Permission.SIGN_RETURN].roles) == {Role.SIGNATORY}
    assert HUGO.may_in_agency(Permission.SIGN_RETURN, 20)
    assert not HUGO.may(Permission.EDIT_ANSWERS)


def test_a_role_reaches_its_own_agency_and_no_other() -> None:
    assert ASIF.may_in_agency(Permission.EDIT_ANSWERS, 10)
    assert not ASIF.may_in_agency(Permission.EDIT_ANSWERS, 30)
    assert not CARA.may_in_agency(Permission.SEE_RETURN, 10)


def test_a_role_reaches_its_own_partnership_and_no_other() -> None:
    assert MO.may_in_partnership(Permission.SCRUTINISE, 1)
    assert not MO.may_in_partnership(Permission.SCRUTINISE, 2)
    assert MO.agencies(Permission.SCRUTINISE) == frozenset()
    assert not MO.may(Permission.EDIT_ROUNDS)
    assert PRIYA.may_in_partnership(Permission.EDIT_ROUNDS, 1)


def test_several_roles_add_up_each_in_its_own_place() -> None:
    both = Viewer(
        7,
        "Dana",
        grants=(Grant(Role.AGENCY_LEAD, agency_id=10), Grant(Role.CONTRIBUTOR, agency_id=20)),
    )
    assert both.agencies(Permission.EDIT_ANSWERS) == {10, 20}
    assert both.agencies(Permission.SEND_FOR_SIGN_OFF) == {10}
