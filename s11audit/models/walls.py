"""The second wall: PostgreSQL shows a session only the rows of whoever it serves.

Queries say what somebody may see (`visible_to`); this holds where one forgets to. Each transaction
tells the server who it is for (`Wall`), and the policies of `POLICIES` read that. SQLite has no
such thing. A transaction that tells nothing sees nothing.
"""

# ruff: noqa: S608 - statements are put together from constants of this module only

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer


@dataclass(frozen=True)
class Wall:
    """Whose rows a transaction may touch: its person's, their partnerships' and agencies'.

    `everything` is for the machine's own work: signing in, sending mail, commands of the operator.
    """

    user_id: int = 0
    partnerships: frozenset[int] = frozenset()
    agencies: frozenset[int] = frozenset()
    runs_installation: bool = False
    everything: bool = False

    @classmethod
    def around(cls, viewer: Viewer) -> Wall:
        grants = viewer.grants
        return cls(
            user_id=viewer.user_id,
            partnerships=frozenset(
                g.partnership_id for g in grants if g.partnership_id is not None
            ),
            agencies=frozenset(g.agency_id for g in grants if g.agency_id is not None),
            runs_installation=Role.OPERATOR in viewer.roles,
        )

    def tell(self, connection: Connection) -> None:
        """Say to the server, for this transaction only, who it is for."""
        connection.execute(
            _TELL,
            {
                "user": str(self.user_id),
                "partnerships": _listed(self.partnerships),
                "agencies": _listed(self.agencies),
                "operator": "on" if self.runs_installation else "",
                "everything": "on" if self.everything else "",
            },
        )


NOTHING = Wall()
EVERYTHING = Wall(everything=True)

_TELL = text(
    "SELECT set_config('s11audit.user', :user, true),"
    " set_config('s11audit.partnerships', :partnerships, true),"
    " set_config('s11audit.agencies', :agencies, true),"
    " set_config('s11audit.operator', :operator, true),"
    " set_config('s11audit.everything', :everything, true),"
    # The planner cannot tell how little of a policy is ever looked at. By its estimate it compiles
    # statements first, which takes 50 times as long as running them.
    " set_config('jit', 'off', true)"
)


@contextmanager
def without_walls(session: Session) -> Iterator[None]:
    """For what must not depend on who asks: whether a reference is taken, a role held elsewhere.

    Nothing that is read in here is shown to anybody; the wall stands again afterwards. What waits
    to be written is written before, behind the wall.
    """
    session.flush()
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        yield
        return
    wall: Wall = connection.get_execution_options().get("wall", NOTHING)
    EVERYTHING.tell(connection)
    try:
        yield
    finally:
        wall.tell(connection)


def _listed(ids: Iterable[int]) -> str:
    return ",".join(str(one) for one in sorted(ids))


def _ids(setting: str) -> str:
    return f"ANY (string_to_array(current_setting('s11audit.{setting}', true), ',')::int[])"


def _is_on(setting: str) -> str:
    return f"current_setting('s11audit.{setting}', true) = 'on'"


_ME = "(NULLIF(current_setting('s11audit.user', true), ''))::int"
_MINE = f"= {_ids('agencies')}"
_OURS = f"= {_ids('partnerships')}"
_OPERATOR = _is_on("operator")
_EVERYTHING = _is_on("everything")
_AGENCIES_OF_OURS = f"(SELECT agency_id FROM agency_partnerships WHERE partnership_id {_OURS})"
_ROUNDS_OF_OURS = f"(SELECT round_id FROM round_partnerships WHERE partnership_id {_OURS})"
_HOMES_OF_MINE = f"(SELECT partnership_id FROM agency_partnerships WHERE agency_id {_MINE})"


def _seen_in_round(table: str) -> str:
    """That agency in that round is seen by a partnership to which both belong."""
    return (
        "EXISTS (SELECT 1 FROM round_partnerships r JOIN agency_partnerships a"
        " ON a.partnership_id = r.partnership_id"
        f" WHERE r.round_id = {table}.round_id AND a.agency_id = {table}.agency_id"
        f" AND r.partnership_id {_OURS})"
    )


# An action out of an answer that only some partnerships ask for is told to those.
_TOLD_TO_US = (
    "(NOT EXISTS (SELECT 1 FROM action_partnerships t WHERE t.action_id = actions.id)"
    " OR EXISTS (SELECT 1 FROM action_partnerships t"
    f" WHERE t.action_id = actions.id AND t.partnership_id {_OURS}))"
)
_OF_A_RETURN = "return_id IN (SELECT id FROM agency_returns)"
_OF_OWN_RETURN = f"return_id IN (SELECT id FROM agency_returns o WHERE o.agency_id {_MINE})"
_ROUNDS_OF_MINE = f"(SELECT round_id FROM agency_returns o WHERE o.agency_id {_MINE})"
_OF_A_PLACE = f"partnership_id {_OURS} OR agency_id {_MINE} OR agency_id IN {_AGENCIES_OF_OURS}"

# What happened to somebody's own account, such as signing in, is for whoever manages that person.
_OF_AN_ACCOUNT = "partnership_id IS NULL AND agency_id IS NULL AND round_id IS NULL"
_PEOPLE_OF_OURS = (
    f"FROM memberships m WHERE m.partnership_id {_OURS} OR m.agency_id IN {_AGENCIES_OF_OURS}"
)
_OF_OUR_PEOPLE = (
    f"(user_id IN (SELECT m.user_id {_PEOPLE_OF_OURS})"
    f" OR subject IN (SELECT 'user ' || m.user_id {_PEOPLE_OF_OURS}))"
)

# Table → which of its rows a person may touch. Sub-selects are walled themselves; the tables of
# ids, such as `agency_partnerships`, are not, or walls would go in circles.
POLICIES: dict[str, str] = {
    "partnerships": (
        f"{_OPERATOR} OR id {_OURS} OR id IN {_HOMES_OF_MINE}"
        f" OR id IN (SELECT partnership_id FROM round_partnerships"
        f" WHERE round_id IN {_ROUNDS_OF_OURS})"
        " OR id IN (SELECT p.partnership_id FROM round_partnerships p"
        " JOIN agency_returns o ON o.round_id = p.round_id"
        f" WHERE o.agency_id {_MINE})"
    ),
    "agencies": f"{_OPERATOR} OR id {_MINE} OR id IN {_AGENCIES_OF_OURS}",
    "trusts": f"{_OPERATOR} OR id IN (SELECT trust_id FROM agencies)",
    "memberships": (
        f"{_OPERATOR} OR user_id = {_ME} OR {_OF_A_PLACE} OR partnership_id IN {_HOMES_OF_MINE}"
    ),
    "users": f"{_OPERATOR} OR id = {_ME} OR id IN (SELECT user_id FROM memberships)",
    "invitations": f"{_OPERATOR} OR invited_by_id = {_ME} OR {_OF_A_PLACE}",
    "takeover_requests": f"agency_id {_MINE} OR agency_id IN {_AGENCIES_OF_OURS}",
    "audit_rounds": (
        f"partnership_id {_OURS} OR id IN {_ROUNDS_OF_OURS}"
        f" OR id IN (SELECT round_id FROM agency_returns o WHERE o.agency_id {_MINE})"
    ),
    "agency_returns": f"agency_id {_MINE} OR {_seen_in_round('agency_returns')}",
    "answers": _OF_A_RETURN,
    "scores": _OF_A_RETURN,
    "snapshots": _OF_A_RETURN,
    "signatures": _OF_A_RETURN,
    "delegations": _OF_A_RETURN,
    "reminders": _OF_A_RETURN,
    "side_states": _OF_A_RETURN,
    "answer_files": _OF_A_RETURN,
    "evidence_files": (
        f"agency_id {_MINE} OR id IN (SELECT file_id FROM answer_files)"
        " OR id IN (SELECT file_id FROM side_states)"
    ),
    # What colleagues say to one another, and what they are still working on, is the agency's own.
    "ready_standards": _OF_OWN_RETURN,
    "return_comments": _OF_OWN_RETURN,
    "desk_visits": _OF_OWN_RETURN,
    "filled_forms": _OF_OWN_RETURN,
    "local_questions": (
        f"partnership_id {_OURS}"
        f" OR (partnership_id IN {_HOMES_OF_MINE} AND round_id IN {_ROUNDS_OF_MINE})"
    ),
    "actions": f"agency_id {_MINE} OR ({_seen_in_round('actions')} AND {_TOLD_TO_US})",
    "action_notes": "action_id IN (SELECT id FROM actions)",
    # Links name their partnership themselves: surveys look at them, and walls go in no circle.
    "surveys": (
        f"partnership_id {_OURS}"
        f" OR id IN (SELECT survey_id FROM survey_links s WHERE s.agency_id {_MINE})"
    ),
    "survey_links": f"agency_id {_MINE} OR partnership_id {_OURS}",
    "survey_responses": "link_id IN (SELECT id FROM survey_links)",
    "survey_answers": "response_id IN (SELECT id FROM survey_responses)",
    "survey_replies": "link_id IN (SELECT id FROM survey_links)",
    "questionnaire_versions": (
        f"partnership_id {_OURS} OR EXISTS (SELECT 1 FROM audit_rounds q"
        " WHERE q.questionnaire_id = questionnaire_versions.questionnaire_id"
        " AND (q.questionnaire_version = questionnaire_versions.version"
        " OR questionnaire_versions.partnership_id IN"
        " (SELECT p.partnership_id FROM round_partnerships p WHERE p.round_id = q.id)))"
        " OR EXISTS (SELECT 1 FROM local_questions l"
        " WHERE l.questionnaire_id = questionnaire_versions.questionnaire_id"
        " AND l.partnership_id = questionnaire_versions.partnership_id)"
        " OR EXISTS (SELECT 1 FROM surveys v"
        " WHERE v.questionnaire_id = questionnaire_versions.questionnaire_id"
        " AND v.questionnaire_version = questionnaire_versions.version"
        " AND v.partnership_id = questionnaire_versions.partnership_id)"
    ),
    "events": (
        f"{_OPERATOR} OR user_id = {_ME} OR partnership_id {_OURS}"
        f" OR {_seen_in_round('events')} OR (agency_id IS NULL AND round_id IN {_ROUNDS_OF_OURS})"
        f" OR (round_id IS NULL AND agency_id IN {_AGENCIES_OF_OURS})"
        f" OR ({_OF_AN_ACCOUNT} AND {_OF_OUR_PEOPLE})"
    ),
}

# What is written before it belongs to anybody: a person before their role, an agency before its
# partnership.
WRITTEN_FREELY = frozenset({"users", "agencies"})

# Tables without a wall: how people sign in (each row is one person's, and holds no text of any
# partnership), ids only, the head of the history, and mail.
UNWALLED = frozenset(
    {
        "agency_partnerships",
        "round_partnerships",
        "action_partnerships",
        "event_chain",
        "outgoing_mail",
        "user_sessions",
        "second_factors",
        "recovery_codes",
        "open_identities",
        "sign_in_links",
        "throttles",
        "parked_forms",
    }
)


def take_down_walls(connection: Connection) -> None:
    """Remove every policy there is, so that tables can be changed; `build_walls` comes after."""
    if connection.dialect.name != "postgresql":
        return
    standing = text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
    for table, policy in connection.execute(standing).all():
        connection.exec_driver_sql(f'DROP POLICY "{policy}" ON "{table}"')
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def build_walls(connection: Connection) -> None:
    """Put up the policies of this version of the code, where there are none."""
    if connection.dialect.name != "postgresql":
        return
    for table, condition in POLICIES.items():
        condition = f"{_EVERYTHING} OR {condition}"
        may_write = "true" if table in WRITTEN_FREELY else condition
        for statement in (
            f"CREATE POLICY wall ON {table} USING ({condition}) WITH CHECK ({condition})",
            f"CREATE POLICY wall_for_new ON {table} FOR INSERT WITH CHECK ({may_write})",
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        ):
            connection.exec_driver_sql(statement)
