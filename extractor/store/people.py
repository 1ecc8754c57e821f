"""Names and passwords -> people with a role, their sessions, and programs' tokens; nothing secret is kept as given."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from extractor.errors import UsageError
from extractor.store.clock import now
from extractor.store.opening import Store
from extractor.store.schema import session, sign_in, token, user

ROLES = ("viewer", "reviewer", "adjudicator", "administrator")  # each may do what those before it may
NAME = re.compile(r"[\w.@-]{1,64}")
LEAST_PASSWORD = 10
SESSION_HOURS, IDLE_HOURS = 12, 2
TRIES, TRIES_SECONDS = 5, 300  # failed sign-ins of a name, or of an address by ten times as many


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in. `csrf`: what their forms must send along."""

    name: str
    role: str
    language: str
    csrf: str = ""

    def may(self, role: str) -> bool:
        """Whether the person's role covers another."""
        return ROLES.index(self.role) >= ROLES.index(role)


def add_person(store: Store, name: str, password: str, role: str, language: str = "vi") -> None:
    """Raises UsageError where the name is taken or the password too short."""
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no user name", "use letters, digits, dots and dashes, 64 at most")
    if role not in ROLES:
        raise UsageError(f"there is no role {role}", f"use one of {', '.join(ROLES)}")
    hashed = _hash(password)
    with store.write() as connection:
        if connection.execute(select(user.c.name).where(user.c.name == name)).first():
            raise UsageError(f"the user {name} is there already", "choose another name, or set a new password")
        row = {"name": name, "password": hashed, "role": role, "language": language}
        connection.execute(insert(user), row | {"active": True, "created_at": now()})


def change_person(
    store: Store, name: str, *, password: str | None = None, role: str | None = None, active: bool | None = None
) -> None:
    """A new password or role, or shut out; open sessions of the person end. Raises UsageError."""
    if role is not None and role not in ROLES:
        raise UsageError(f"there is no role {role}", f"use one of {', '.join(ROLES)}")
    values = {"password": _hash(password) if password is not None else None, "role": role, "active": active}
    with store.write() as connection:
        changed = connection.execute(
            update(user).where(user.c.name == name).values({k: v for k, v in values.items() if v is not None})
        )
        if changed.rowcount == 0:
            raise UsageError(f"there is no user {name}", "see extractor user list")
        connection.execute(delete(session).where(session.c.user_name == name))


def list_people(connection: Connection) -> tuple[tuple[str, str, bool], ...]:
    """Name, role and whether they may sign in."""
    rows = connection.execute(select(user.c.name, user.c.role, user.c.active).order_by(user.c.name))
    return tuple((row.name, row.role, row.active) for row in rows)


def start_session(store: Store, name: str, password: str, address: str) -> str | None:
    """The cookie of a new session; None where name and password don't fit, or after too many tries."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    with store.read() as connection:
        row = connection.execute(select(user).where(user.c.name == name, user.c.active)).one_or_none()
    try:  # slow on purpose, so not while others wait to write
        right = PasswordHasher().verify(row.password if row else _DUMMY, password) and row is not None
    except VerificationError:
        right = False
    with store.write() as connection:
        good = right and not _is_blocked(connection, name, address)
        tried = {"user_name": name[:64], "address": address, "at": now(), "failed": not good}
        connection.execute(insert(sign_in), tried)
        if not good:
            return None
        cookie = secrets.token_urlsafe(32)
        made = {"token": _digest(cookie), "user_name": name, "csrf": secrets.token_urlsafe(24)}
        connection.execute(insert(session), made | {"created_at": now(), "seen_at": now()})
        return cookie


def find_person(store: Store, cookie: str) -> Person | None:
    """Who a cookie belongs to, while the session lasts."""
    key = _digest(cookie)
    query = (
        select(user.c.name, user.c.role, user.c.language, session.c.csrf, session.c.seen_at)
        .join(session, session.c.user_name == user.c.name)
        .where(session.c.token == key, user.c.active)
        .where(session.c.created_at > now(-SESSION_HOURS * 3600), session.c.seen_at > now(-IDLE_HOURS * 3600))
    )
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.seen_at < now(-60):  # once a minute is enough to tell who is idle
        with store.write() as connection:
            connection.execute(update(session).where(session.c.token == key).values(seen_at=now()))
    return Person(row.name, row.role, row.language, row.csrf)


def end_session(store: Store, cookie: str) -> None:
    """Sign out."""
    with store.write() as connection:
        connection.execute(delete(session).where(session.c.token == _digest(cookie)))


def set_language(store: Store, name: str, language: str) -> None:
    """The language that a person reads."""
    with store.write() as connection:
        connection.execute(update(user).where(user.c.name == name).values(language=language))


def add_token(store: Store, name: str) -> str:
    """A token for a program, shown this once. Raises UsageError."""
    secret = secrets.token_urlsafe(32)
    with store.write() as connection:
        if connection.execute(select(token.c.name).where(token.c.name == name)).first():
            raise UsageError(f"there is a token {name} already", "choose another name")
        connection.execute(insert(token), {"hash": _digest(secret), "name": name, "created_at": now()})
    return secret


def revoke_token(store: Store, name: str) -> None:
    """Shut a program out. Raises UsageError."""
    with store.write() as connection:
        changed = connection.execute(update(token).where(token.c.name == name).values(revoked_at=now()))
        if changed.rowcount == 0:
            raise UsageError(f"there is no token {name}", "see the names of tokens in the database")


def is_token(store: Store, secret: str) -> bool:
    """Whether a program may read."""
    with store.read() as connection:
        found = select(token.c.name).where(token.c.hash == _digest(secret), token.c.revoked_at.is_(None))
        return connection.execute(found).first() is not None


def _hash(password: str) -> str:
    from argon2 import PasswordHasher

    if len(password) < LEAST_PASSWORD:
        raise UsageError(f"the password is shorter than {LEAST_PASSWORD} letters", "take a longer one")
    return PasswordHasher().hash(password)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _is_blocked(connection: Connection, name: str, address: str) -> bool:
    since = (sign_in.c.failed, sign_in.c.at > now(-TRIES_SECONDS))
    by_name = select(func.count()).select_from(sign_in).where(*since, sign_in.c.user_name == name[:64])
    by_address = select(func.count()).select_from(sign_in).where(*since, sign_in.c.address == address)
    return (
        int(connection.execute(by_name).scalar_one()) >= TRIES
        or int(connection.execute(by_address).scalar_one()) >= 10 * TRIES
    )


# what an unknown name is checked against, so that it takes as long as a known one
_DUMMY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$Jm0b0CxnGrDvYPjBL3Ep2NBzK7L7RcmHyvX6nQjiJzg"
