"""Every lock of this app, so that their order is the same everywhere.

People, then the edition, then its lobby, then places in line by ticket, then pieces by number, then units by
component and id, then components by id.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from django.db import connection

from editions.models import Component, ComponentUnit, Edition, Hold, Lobby, Piece, PieceState, WaitingPlace

# As UnitQuerySet.available says it; each hold runs this, so that it is one statement.
AVAILABLE_UNITS = """
SELECT need.component_id, unit.id
FROM unnest(%s::bigint[], %s::integer[]) WITH ORDINALITY AS need (component_id, units, place)
CROSS JOIN LATERAL (
    SELECT id FROM editions_componentunit
    WHERE component_id = need.component_id AND (state = 'free' OR (state = 'held' AND held_until <= %s))
    ORDER BY id LIMIT need.units FOR UPDATE SKIP LOCKED
) AS unit
ORDER BY need.place, unit.id
"""

# As PieceQuerySet.available says it; so is this one.
FIRST_AVAILABLE = """
SELECT {columns} FROM editions_piece
WHERE edition_id = %s AND (state = 'free' OR (state = 'held' AND held_until <= %s))
ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
"""
PIECE_FIELDS = tuple(field.attname for field in Piece._meta.concrete_fields)


def lock_people(edition_id: int, holders: Iterable[str]) -> None:
    """Make everything that one person does in an edition take turns until the transaction ends; others go on."""
    digests = (sha256(f"{edition_id} {holder}".encode()).digest()[:8] for holder in holders)
    with connection.cursor() as cursor:
        for key in sorted(int.from_bytes(digest, signed=True) for digest in digests):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def lock_edition(edition_id: int) -> Edition:
    """The edition's row, locked until the transaction ends; rows that refer to it can be written meanwhile."""
    return Edition.objects.select_for_update(no_key=True).select_related(None).get(pk=edition_id)


def lock_lobby(lobby_id: int) -> Lobby:
    """A lobby's row, locked until the transaction ends, after everybody who is just coming in; nobody else can."""
    return Lobby.objects.select_for_update(of=("self",)).select_related("edition").get(pk=lobby_id)


def keep_lobby_open(lobby_id: int) -> Lobby:
    """A lobby's row, of which many may come in at once while nobody can close it until their transactions end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM editions_lobby WHERE id = %s FOR SHARE", [lobby_id])
    return Lobby.objects.get(pk=lobby_id)


def lock_piece(piece_id: int) -> Piece:
    """A piece's row, locked until the transaction ends."""
    return Piece.objects.select_for_update(of=("self",)).get(pk=piece_id)


def lock_numbers(edition_id: int, numbers: Collection[int]) -> dict[int, Piece]:
    """Pieces by number, each waited for; numbers that the edition does not have are left out."""
    pieces = Piece.objects.filter(edition_id=edition_id, number__in=numbers).order_by("number")
    return {piece.number: piece for piece in pieces.select_for_update(of=("self",))}


def lock_first_available(edition_id: int, now: datetime) -> Piece | None:
    """The lowest-numbered piece that can be held and that nobody else is taking just now; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_AVAILABLE.format(columns=", ".join(PIECE_FIELDS)), [edition_id, now])
        row = cursor.fetchone()
    return Piece.from_db(connection.alias, PIECE_FIELDS, row) if row else None


def lock_all_available(edition_id: int, now: datetime, most: int | None = None) -> list[Piece]:
    """The pieces that can be held, `most` of them or all, the lowest number first, each waited for."""
    pieces = Piece.objects.available(now).filter(edition_id=edition_id).order_by("number")
    return list(pieces.select_for_update(of=("self",))[:most])


def lock_line(edition_id: int) -> list[WaitingPlace]:
    """The places in force, the first in line first, each waited for."""
    places = WaitingPlace.objects.in_force().filter(edition_id=edition_id).order_by("ticket")
    return list(places.select_for_update())


def lock_place(token: str) -> WaitingPlace:
    """A place in line by its secret name, locked until the transaction ends; raises WaitingPlace.DoesNotExist."""
    return WaitingPlace.objects.select_for_update().get(token=token)


def lock_offered(place: WaitingPlace) -> Piece | None:
    """The piece that is offered to a locked place, locked until the transaction ends; None when there is none."""
    return Piece.objects.select_for_update(of=("self",)).filter(offered_to=place).first()


def lock_available_units(needs: Mapping[int, int], now: datetime) -> dict[int, list[int]]:
    """By component, so many units (their ids), or fewer, that can be held and that nobody else is taking just now.

    One statement for all components, in the order of their ids.
    """
    found: dict[int, list[int]] = {component: [] for component in needs}
    with connection.cursor() as cursor:
        cursor.execute(AVAILABLE_UNITS, [sorted(needs), [needs[each] for each in sorted(needs)], now])
        for component, unit in cursor.fetchall():
            found[component].append(unit)
    return found


def lock_units_of(hold: Hold) -> list[ComponentUnit]:
    """The units that a hold still keeps, held or sold, each waited for."""
    units = ComponentUnit.objects.filter(hold=hold, state__in=[PieceState.HELD, PieceState.SOLD])
    return list(units.order_by("component_id", "pk").select_for_update())


def lock_components(component_ids: Collection[int]) -> list[Component]:
    """Components, locked until the transaction ends; their units can be written meanwhile."""
    return list(Component.objects.filter(pk__in=component_ids).order_by("pk").select_for_update(no_key=True))
