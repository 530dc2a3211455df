"""NemLog-in's integration tests as cases of the rehearsal, in the order of the report."""

from datetime import timedelta

from broker.audit.proof.verifying import first_fault
from broker.audit.store import told_under, writers
from broker.db import reading
from broker.demo.rehearsal import Act, Case, demand, ended_at_broker
from broker.demo.visitor import Visitor


def logon_1(act: Act) -> str:
    """Somebody without a session opens a service and gets in by a login at NemLog-in."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    arrival = act.arrived(visitor, "dpsd")
    demand("idp_request" in act.hops(), "NemLog-in was not asked")
    return f"arrived with {arrival['assurance']}"


def sso_1(act: Act) -> str:
    """Somebody who has logged in is let into another service without being asked again."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    act.login(visitor, "sor", "nobody")
    act.arrived(visitor, "sor")
    demand("idp_request" not in act.hops(), "NemLog-in was asked a second time")
    return "the second service asked nobody"


def spses_1(act: Act) -> str:
    """A service's own session is its own: ending it there ends neither the login nor another."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    act.login(visitor, "sor", "mette")
    visitor.open(f"{act.start('dpsd')}/forget")
    demand(visitor.arrival(act.start("dpsd")) is None, "the service still knows the visitor")
    act.arrived(visitor, "sor")
    demand(not ended_at_broker(act, visitor), "the login ended with the service's own session")
    return "one service forgot, the others did not"


def slo_1(act: Act) -> str:
    """Logging out at a service logs out of NemLog-in and of every other service."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    act.login(visitor, "esundhed-sor", "mette")
    act.login(visitor, "sor", "mette")
    page = visitor.logout(act.start("dpsd"))
    demand(page.left == "complete", f"the service was told {page.left!r}")
    for service in ("dpsd", "esundhed-sor", "sor"):
        demand(visitor.arrival(act.start(service)) is None, f"still logged in at {service}")
    demand(ended_at_broker(act, visitor), "the broker still has a session")
    page = visitor.open(act.play.demo.idps["nemlogin"].url + "/")
    demand("/logout" not in page.links, "NemLog-in still has a session")
    return "three services, the broker and NemLog-in ended; Success"


def slo_2(act: Act) -> str:
    """Logging out at NemLog-in, or at somebody else's service through it, logs out of ours."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    act.login(visitor, "sor", "mette")
    page = visitor.logout(act.play.demo.idps["nemlogin"].url)
    demand(page.left == "complete", f"NemLog-in was told {page.left!r}")
    for service in ("dpsd", "sor"):
        demand(visitor.arrival(act.start(service)) is None, f"still logged in at {service}")
    demand(ended_at_broker(act, visitor), "the broker still has a session")
    return "begun at NemLog-in: two services and the broker ended; Success"


def slo_3(act: Act) -> str:
    """Where somebody does not confirm a logout, the visitor and who began it are told."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    act.login(visitor, "esundhed-sor", "mette")
    page = visitor.logout(act.start("dpsd"), thorough=False)
    demand(page.left == "partial", f"the service was told {page.left!r}")
    demand(ended_at_broker(act, visitor), "the broker still has a session")
    return "one service left out: PartialLogout, and the broker's session ended"


def loa_1(act: Act) -> str:
    """A level below what the service demands is refused, whoever failed to demand it."""
    page = act.login(Visitor(), "esundhed-sor", "lone")
    asked = page.mark("code")
    demand(asked == "idp.no_authn_context", f"a weak login at NemLog-in ended with {asked}")
    page = act.login(Visitor(), "sor", "bo", "region-sjaelland")
    told = page.mark("code") or ""
    demand(told.startswith("policy.assurance"), f"a weak answer ended with {told or 'a login'}")
    return f"{asked} where it was demanded, {told} where the answer was weak"


def tim_1(act: Act) -> str:
    """A login that is not used for an hour is not used again: NemLog-in is asked anew."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    act.clock.by += timedelta(minutes=61)
    act.login(visitor, "sor", "mette")
    demand("idp_request" in act.hops(), "an idle session was used again")
    return "after 61 minutes without use NemLog-in was asked again"


def tim_2(act: Act) -> str:
    """A login that is used all the time ends all the same, when its time is over."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    for _ in range(9):
        act.clock.by += timedelta(minutes=50)
        act.login(visitor, "sor", "mette")
        asked = "idp_request" in act.hops()
    act.clock.by += timedelta(minutes=40)
    act.login(visitor, "sor", "mette")
    demand(not asked, "a session in use ended before its time")
    demand("idp_request" in act.hops(), "a session went on beyond eight hours")
    return "used every 50 minutes, it ended after eight hours"


def log_1(act: Act) -> str:
    """Who logged in and out, where, when and by which request stands in a trail that holds."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    reference = act.play.seen[-1].reference
    visitor.logout(act.start("dpsd"))
    with reading(act.play.demo.services.engine) as connection:
        told = told_under(connection, reference)
        faults = [first_fault(connection, writer) for writer in writers(connection)]
    demand([name for name, _ in told] == ["login.completed"], f"found {told}")
    fields = told[0][1]
    demand(all(fields.get(key) for key in ("service", "idp", "subject", "request_id")), "a gap")
    demand(not any(fault is not None for fault in faults), "the trail has a fault")
    return f"login.completed under {reference}; the trail's hashes follow"


def force_1(act: Act) -> str:
    """A service that demands a fresh authentication gets one, whatever sessions there are."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    act.clock.by += timedelta(minutes=10)
    act.login(visitor, "dpsd", "mette", wish={"force": "1"})
    act.arrived(visitor, "dpsd")
    demand("idp_request" in act.hops(), "NemLog-in was not asked again")
    return "asked again, with a fresh AuthnInstant"


def repl_1(act: Act) -> str:
    """The same answer of NemLog-in posted twice lets nobody in the second time."""
    visitor = Visitor()
    page = visitor.to_answer(act.start("dpsd"), "nemlogin", "mette", {})
    first, second = visitor.post(page, {}), visitor.post(page, {})
    demand(first.mark("code") is None, f"the first was refused: {first.mark('code')}")
    demand(second.mark("code") == "context.replay", f"the second ended with {second.mark('code')}")
    return "context.replay the second time"


def priv_1(act: Act) -> str:
    """Privileges become the service's roles, each narrowed to its unit."""
    visitor = Visitor()
    act.login(visitor, "dpsd", "mette")
    roles = act.arrived(visitor, "dpsd")["roles"]
    demand(roles == ["Sagsbehandler_1501000016001_3"], f"roles were {roles}")
    return "Sagsbehandler_1501000016001_3"


def priv_2(act: Act) -> str:
    """Somebody without the privileges that the service demands is told so, and not let in."""
    visitor = Visitor()
    page = act.login(visitor, "dpsd", "viggo")
    demand(page.mark("code") == "policy.no_role", f"ended with {page.mark('code')}")
    demand(visitor.arrival(act.start("dpsd")) is None, "arrived all the same")
    return "policy.no_role, with a way back"


def priv_3(act: Act) -> str:
    """Privileges for another organisation than the person's own give nothing."""
    page = act.login(Visitor(), "dpsd", "freja")
    demand(page.mark("code") == "policy.no_role", f"ended with {page.mark('code')}")
    return "a privilege for another organisation gave no role"


MANDATORY: dict[str, Case] = {
    "IT-LOGON-1": logon_1,
    "IT-SSO-1": sso_1,
    "IT-SPSES-1": spses_1,
    "IT-SLO-1": slo_1,
    "IT-SLO-2": slo_2,
    "IT-SLO-3": slo_3,
    "IT-LOA-1": loa_1,
    "IT-TIM-1": tim_1,
    "IT-TIM-2": tim_2,
    "IT-LOG-1": log_1,
}
OPTIONAL: dict[str, Case] = {
    "IT-FORCE-1": force_1,
    "IT-REPL-1": repl_1,
    "IT-PRIV-1": priv_1,
    "IT-PRIV-2": priv_2,
    "IT-PRIV-3": priv_3,
}
CASES: dict[str, Case] = {**MANDATORY, **OPTIONAL}
