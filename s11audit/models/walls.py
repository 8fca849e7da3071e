"""The second wall: PostgreSQL shows a session only the rows of whoever it serves.

Queries say what somebody may see (`visible_to`); this holds where one forgets to. Each transaction
tells the server who it is for (`Wall`), and the policies of `POLICIES` read that. SQLite has no
such thing. A transaction that tells nothing sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models.policies import POLICIES, WRITTEN_FREELY
from s11audit.models.policy_words import EVERYTHING_IS_SEEN


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
        condition = f"{EVERYTHING_IS_SEEN} OR {condition}"
        may_write = "true" if table in WRITTEN_FREELY else condition
        for statement in (
            f"CREATE POLICY wall ON {table} USING ({condition}) WITH CHECK ({condition})",
            f"CREATE POLICY wall_for_new ON {table} FOR INSERT WITH CHECK ({may_write})",
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        ):
            connection.exec_driver_sql(statement)
