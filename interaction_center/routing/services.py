"""One interaction reaches exactly one person: offered by one conditional statement, accepted, or lapsed after 20 s.

Any process may offer: that it happens once is the database's business (docs/adr/0002 has the alternatives that failed).
Lock order everywhere: the agent's row, then the interaction's, then the offer's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from interaction_center.access.models import Permission, Team, User
from interaction_center.access.selectors import people_who_may
from interaction_center.adapters import adapter_for
from interaction_center.due_work import wake
from interaction_center.errors import AlreadyTakenError, InvalidError, NotFoundError
from interaction_center.events import OfferEnded, OfferMade, publish_on_commit
from interaction_center.queue import services as queue
from interaction_center.queue.by_channel import put_back
from interaction_center.queue.log import lock, note_event, tell_row
from interaction_center.queue.models import Entry, Interaction, State
from interaction_center.queue.policy import Command, Role
from interaction_center.queue.selectors import FAR, row_of, waiting_now
from interaction_center.queue.wire import moment
from interaction_center.routing.models import Agent, AgentConnection, Offer, Wanted
from interaction_center.routing.selectors import agents_to_ask, free_agents, open_offer

OFFER_SECONDS = 20
# Who declined or missed an offer is not asked the same again at once; but a miss is forgotten as soon as they accept,
# take or say something: they are there.
ASK_AGAIN_AFTER = timedelta(seconds=60)
PRESENCE_LEASE = timedelta(seconds=90)  # a background tab's timers run once a minute
GRACE = timedelta(seconds=20)
RELEASE_CHATS_AFTER = timedelta(seconds=40)  # after the grace: a minute without its agent

CLAIM = """
UPDATE queue_interaction SET state = 'offered', version = version + 1
WHERE id = (
    SELECT i.id FROM queue_interaction i
    WHERE i.state = 'waiting' AND NOT i.routed_by_channel AND (i.not_before IS NULL OR i.not_before <= %s)
      AND (i.team_id IS NULL OR i.team_id IN (SELECT m.team_id FROM access_team_members m WHERE m.user_id = %s))
      AND NOT EXISTS (
          SELECT 1 FROM routing_offer o
          WHERE o.interaction_id = i.id AND o.agent_id = %s AND o.ended_at > %s
            AND (o.state = 'declined' OR o.state = 'lapsed' AND o.ended_at > %s))
    ORDER BY i.priority DESC, COALESCE(i.promised_at, %s), i.id LIMIT 1 {skip})
  AND state = 'waiting'
RETURNING id
"""


def offer_due() -> int:
    """End offers that nobody answered, then offer what waits to whoever is free; how many were made. For a ticker."""
    now = timezone.now()
    lapse_offers(now)
    made = 0
    while offer_next(now):
        made += 1
    return made


def offer_next(now: datetime) -> Offer | None:
    """Offer the first waiting interaction to the best free agent; None when there is nothing to do."""
    waiting = set(waiting_now(now).values_list("team", flat=True).distinct())
    if not waiting:
        return None
    for agent in free_agents(now):
        if None in waiting or waiting.intersection(team.pk for team in agent.user.teams.all()):
            offer = _offer_to(agent.pk, now)
            if offer is not None:
                return offer
    return None


@transaction.atomic
def _offer_to(agent_id: int, now: datetime) -> Offer | None:
    """With the agent's row locked nobody else asks them meanwhile; the statement claims the interaction."""
    _lock_agent(agent_id)
    agent = agents_to_ask(now).select_related("user").filter(pk=agent_id).first()
    if agent is None:
        return None
    claimed = _claim(agent, now)
    if claimed is None:
        return None
    interaction = Interaction.objects.select_related("assigned_to", "team", "customer").get(pk=claimed)
    offer = Offer.objects.create(
        interaction=interaction, agent=agent, created_at=now, expires_at=now + timedelta(seconds=OFFER_SECONDS)
    )
    note_event(interaction, "offered", to=str(agent.user))
    tell_row(interaction)
    publish_on_commit(
        OfferMade(
            offer=offer.public_id,
            interaction=interaction.public_id,
            agent=agent.user.public_id,
            row=row_of(interaction),
            expires_at=str(moment(offer.expires_at)),
            seconds=OFFER_SECONDS,
        )
    )
    return offer


def _lock_agent(agent_id: int) -> Agent:
    """Nobody else gives this agent work, or notes their coming and going, before the transaction ends."""
    return Agent.objects.select_for_update(no_key=True).get(pk=agent_id)


def _claim(agent: Agent, now: datetime) -> int | None:
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    adapt = connection.ops.adapt_datetimefield_value
    asked_before = (agent.pk, adapt(now - ASK_AGAIN_AFTER), adapt(agent.idle_since))
    values = [adapt(now), agent.user_id, *asked_before, adapt(FAR)]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM.format(skip=skip), values)
        row = cursor.fetchone()
    return row[0] if row else None


def lapse_offers(now: datetime) -> int:
    """Offers whose time is up go back to their place in the queue; how many."""
    overdue = Offer.objects.filter(state=Offer.State.OPEN, expires_at__lte=now)
    return sum(_lapse(offer, now) for offer in overdue.select_related("agent__user", "interaction"))


@transaction.atomic
def _lapse(offer: Offer, now: datetime) -> bool:
    """Who misses two offers in a row is not there, whatever they said: the next ones go to others."""
    missed_before = _has_missed_before(_lock_agent(offer.agent_id), offer)
    if not _end(offer, Offer.State.LAPSED, now, reason="away" if missed_before else "lapsed"):
        return False
    if missed_before:
        Agent.objects.filter(pk=offer.agent_id, wanted=Wanted.AVAILABLE).update(wanted=Wanted.AWAY)
    return True


def _has_missed_before(agent: Agent, offer: Offer) -> bool:
    """Whether the offer before was missed too, and the agent has not accepted, taken or said anything since."""
    before = Offer.objects.filter(agent=agent).exclude(pk=offer.pk).order_by("-pk").first()
    if before is None or before.ended_at is None:
        return False
    return before.state == Offer.State.LAPSED and before.ended_at > agent.idle_since


@transaction.atomic
def accept_offer(*, offer_id: str, user: User) -> Interaction:
    """The agent takes what was offered. AlreadyTakenError when the offer is over."""
    offer = _my_offer(offer_id, user)
    now = timezone.now()
    _lock_agent(offer.agent_id)
    lock(offer.interaction)
    if offer.expires_at <= now or not _close_offer(offer, Offer.State.ACCEPTED, now):
        raise AlreadyTakenError("This offer is over: it lapsed, or somebody else has taken it.", "offer_over")
    interaction = queue.take(interaction=offer.interaction, user=user, offered=True, command=Command.ACCEPT)
    Agent.objects.filter(pk=offer.agent_id).update(idle_since=now)
    return interaction


@transaction.atomic
def decline_offer(*, offer_id: str, user: User) -> Interaction:
    """Back to its place in the queue, for somebody else."""
    offer = _my_offer(offer_id, user)
    if not _end(offer, Offer.State.DECLINED, timezone.now()):
        raise AlreadyTakenError("This offer is over.", "offer_over")
    return Interaction.objects.get(pk=offer.interaction_id)


@transaction.atomic
def take_interaction(*, interaction: Interaction, user: User) -> Interaction:
    """Pull it from the queue. Whoever it is offered to accepts thereby; a supervisor takes it from anybody."""
    Agent.objects.filter(user=user).update(idle_since=timezone.now())
    offer = open_offer(lock(interaction))
    mine = offer is not None and offer.agent.user_id == user.pk
    taken = queue.take(interaction=interaction, user=user, offered=mine)
    if offer is not None:
        state, reason = (Offer.State.ACCEPTED, "accepted") if mine else (Offer.State.REVOKED, "taken")
        _close_offer(offer, state, timezone.now(), reason=reason)
    return taken


@transaction.atomic
def release_interaction(*, interaction: Interaction, user: User) -> Interaction:
    """Give it back to the queue."""
    return queue.release(interaction=interaction, user=user)


@transaction.atomic
def transfer_interaction(
    *, interaction: Interaction, user: User, team: Team | None = None, to: User | None = None, note: str = ""
) -> Interaction:
    """Hand it to a person or a team. InvalidError when that person takes no work."""
    if to is not None and not people_who_may(Permission.WORK_QUEUE).filter(pk=to.pk, agent__isnull=False).exists():
        raise InvalidError("This person takes no work. Choose somebody else.", to="invalid")
    moved = queue.transfer(interaction=interaction, user=user, team=team, to=to, note=note)
    _revoke(interaction, reason="transferred")
    return moved


@transaction.atomic
def close_interaction(*, interaction: Interaction, user: User | None, by: Role = Role.CUSTOMER) -> Interaction:
    """Done; `user` None when the customer ends it, or the system does (`by`)."""
    closed = queue.close(interaction=interaction, user=user, by=by)
    _revoke(interaction, reason="closed")
    return closed


@transaction.atomic
def reply_and_close(
    *, interaction: Interaction, user: User, body: str, client_id: str, attachments: Sequence[str] = ()
) -> Entry:
    """Answer and be done, in one commit: what the customer writes meanwhile comes before or after both.

    Idempotent by `client_id`: a repetition returns the first entry and closes nothing, for they may have gone on since.
    """
    last = lock(interaction).seq
    entry = queue.reply(interaction=interaction, user=user, body=body, client_id=client_id, attachments=attachments)
    if entry.seq > last:
        close_interaction(interaction=interaction, user=user)
    return entry


@transaction.atomic
def recall_interaction(*, interaction: Interaction, not_before: datetime | None = None) -> None:
    """The customer can't be reached just now: whoever holds it, or is asked about it, no longer does; it keeps its
    place, and others are asked from `not_before` on. Nothing when it is closed."""
    offer = open_offer(lock(interaction))
    if offer is not None:
        _end(offer, Offer.State.REVOKED, timezone.now(), reason="gone")
    put_back(interaction.public_id, not_before=not_before)


@transaction.atomic
def reopen_interaction(*, interaction: Interaction, user: User) -> Interaction:
    """Back to work."""
    return queue.reopen(interaction=interaction, user=user)


@transaction.atomic
def set_status(*, user: User, wanted: str) -> Agent:
    """The agent says available, busy or away. InvalidError for anything else, NotFoundError for who takes no work."""
    if wanted not in Wanted.values:
        raise InvalidError("Choose available, busy or away.", wanted="invalid")
    if not Agent.objects.filter(user=user).update(wanted=wanted, idle_since=timezone.now()):
        raise NotFoundError("You are not set up as an agent. Ask an administrator.")
    if wanted != Wanted.AVAILABLE:
        _withdraw_offers(user)
    wake("offers")
    return Agent.objects.get(user=user)


def _withdraw_offers(user: User) -> None:
    """What was offered to somebody who takes nothing now goes to others at once."""
    now = timezone.now()
    theirs = Offer.objects.filter(agent__user=user, state=Offer.State.OPEN)
    for offer in theirs.select_related("agent__user", "interaction").order_by("interaction"):
        _end(offer, Offer.State.REVOKED, now, reason="away")


def ensure_agent(*, user: User, capacity: int = 5) -> Agent:
    """This person takes work, up to `capacity` interactions at once."""
    return Agent.objects.update_or_create(user=user, defaults={"capacity": capacity})[0]


@transaction.atomic
def connect_agent(*, user: User, node: str) -> AgentConnection | None:
    """A console has been opened; None for somebody who takes no work."""
    agent = Agent.objects.select_for_update(no_key=True).filter(user=user).first()
    if agent is None:
        return None
    Agent.objects.filter(pk=agent.pk).update(left_at=None)
    made = AgentConnection.objects.create(agent=agent, node=node, lease_until=timezone.now() + PRESENCE_LEASE)
    wake("offers")
    return made


def disconnect_agent(*, connection_id: str) -> None:
    """It was closed. The agent counts as there for a grace of 20 s: a reload must not lose an offer."""
    AgentConnection.objects.filter(public_id=connection_id).update(lease_until=timezone.now() + GRACE)


def renew_presence(*, node: str, connections: list[str]) -> None:
    """The sockets of this process that are alive: one statement for all of them."""
    alive = AgentConnection.objects.filter(node=node, public_id__in=connections)
    alive.update(lease_until=timezone.now() + PRESENCE_LEASE)


def forget_connections() -> None:
    """Nobody is connected: the only process has just started."""
    AgentConnection.objects.all().delete()
    Agent.objects.filter(left_at=None).update(left_at=timezone.now())


def reap_presence() -> int:
    """Connections whose lease is over are gone: what was offered to their agents goes back, later their chats too.

    Whoever may not work in the queue any more keeps nothing, whether they are there or not.
    """
    now = timezone.now()
    AgentConnection.objects.filter(lease_until__lte=now).delete()
    for agent in Agent.objects.filter(connections=None, left_at=None):
        _note_leaving(agent.pk, now)
    able = people_who_may(Permission.WORK_QUEUE)
    lost = Offer.objects.filter(Q(agent__connections=None) | ~Q(agent__user__in=able), state=Offer.State.OPEN)
    for offer in lost.select_related("agent__user", "interaction"):
        _end(offer, Offer.State.REVOKED, now, reason="away")
    left_alone = _left_alone(able, now)
    for interaction in left_alone:
        _release_if_still(left_alone, interaction)
    return 0


@transaction.atomic
def _note_leaving(agent_id: int, now: datetime) -> None:
    """Asked again with the agent's row locked: they may be just coming back."""
    _lock_agent(agent_id)
    Agent.objects.filter(pk=agent_id, connections=None, left_at=None).update(left_at=now)


def _left_alone(able: QuerySet[User], now: datetime) -> QuerySet[Interaction]:
    """What is held by somebody who may not work, and chats whose agent is not there; mail can wait for its agent.

    Who has just taken or accepted something is there, even without a console: by the API, or between two connections.
    """
    live = [kind for kind in settings.CHANNELS if adapter_for(kind).customers_read_log]
    long_ago = now - RELEASE_CHATS_AFTER
    gone = Agent.objects.filter(connections=None, left_at__lte=long_ago, idle_since__lte=long_ago).values("user")
    is_left = ~Q(assigned_to__in=able) | Q(assigned_to__in=gone, channel__in=live)
    return Interaction.objects.filter(is_left, state=State.ASSIGNED)


@transaction.atomic
def _release_if_still(left_alone: QuerySet[Interaction], interaction: Interaction) -> None:
    """Asked again with both rows locked: the agent may be back, or the interaction closed or somebody else's."""
    Agent.objects.select_for_update(no_key=True).filter(user=interaction.assigned_to_id).first()
    held = lock(interaction)
    if held.assigned_to_id == interaction.assigned_to_id and left_alone.filter(pk=held.pk).exists():
        queue.release(interaction=held, user=None)


def _my_offer(offer_id: str, user: User) -> Offer:
    offers = Offer.objects.select_related("interaction", "agent__user")
    offer = offers.filter(public_id=offer_id, agent__user=user).first()
    if offer is None:
        raise NotFoundError("There is no such offer for you.")
    return offer


@transaction.atomic
def _end(offer: Offer, state: str, now: datetime, *, reason: str = "") -> bool:
    """The offer is over without being accepted, and its interaction waits again, unless it has moved on by itself."""
    is_offered = lock(offer.interaction).state == State.OFFERED
    if not _close_offer(offer, state, now, reason=reason):
        return False
    if not is_offered:
        return True
    interaction = queue.set_offered(
        interaction=offer.interaction, offered=False, by_agent=state == Offer.State.DECLINED
    )
    note_event(interaction, f"offer_{state}", to=str(offer.agent.user))
    return True


def _revoke(interaction: Interaction, *, reason: str) -> None:
    """Whatever was offered of it no longer is; the interaction itself has moved on already."""
    offer = open_offer(interaction)
    if offer is not None:
        _close_offer(offer, Offer.State.REVOKED, timezone.now(), reason=reason)


def _close_offer(offer: Offer, state: str, now: datetime, *, reason: str = "") -> bool:
    """Only one answer counts: the first. The agent is told `reason`, else the state itself, and can be asked again."""
    still_open = Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN)
    if not still_open.update(state=state, ended_at=now):
        return False
    publish_on_commit(
        OfferEnded(
            offer.public_id,
            offer.interaction.public_id,
            offer.agent.user.public_id,
            reason or str(state),
        )
    )
    wake("offers")
    return True
