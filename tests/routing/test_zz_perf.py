import time, pytest
from django.db import connection
from interaction_center.queue.intake import receive_all
from interaction_center.routing.services import offer_due, offer_next, accept_offer, close_interaction
from interaction_center.routing.models import Offer
from tests.builders import a_chat, an_agent
from django.utils import timezone
pytestmark = pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_perf():
    for n in range(10): an_agent(f"P{n} Agent", email=f"p{n}@center.test", capacity=3)
    t=time.time(); receive_all([a_chat(visitor=f"v-{n}") for n in range(1000)]); print("\nintake",time.time()-t)
    for k in range(3):
        t=time.time(); c=time.process_time(); n=offer_due(); d=time.time()-t; print("offer", n, d/n*1000,"ms each", (time.process_time()-c)/n*1000)
        t=time.time(); 
        for o in Offer.objects.filter(state="open").select_related("agent__user"): accept_offer(offer_id=o.public_id,user=o.agent.user)
        print("accept", (time.time()-t)/n*1000)
        t=time.time()
        for o in Offer.objects.filter(state="accepted",interaction__state="assigned").select_related("agent__user","interaction"): close_interaction(interaction=o.interaction,user=o.agent.user)
        print("close", (time.time()-t)/n*1000)
