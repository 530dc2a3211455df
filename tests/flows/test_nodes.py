"""Three nodes and one database: what is planned and said about our keys counts on all of them.

The nodes are real processes with real clocks, the commands are `broker …` in processes of their
own, and people log in all the while. The switch is planned by command as well, with seconds of
notice where partners should get weeks: the plan is accepted with a warning, as in an emergency.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from broker.clock import system_clock
from broker.demo.federation import Ports
from tests.nodes import Fleet, Load, Seen, fleet
from tests.postgres import new_database

WITHIN = timedelta(seconds=10)
SECOND = timedelta(seconds=1)
WHY = ("--reason", "a drill")


@dataclass(frozen=True)
class Watched:
    """Three nodes under load, on a machine where a command takes a while to start."""

    nodes: Fleet
    load: Load
    starting: timedelta

    def command(self, *arguments: str) -> str:
        """Run `broker rollover …`; what it said."""
        return self.nodes.command("rollover", *arguments)

    def change(self, service: str, epoch: str, *arguments: str) -> timedelta:
        """Run a command after which another key signs for a service; how long that took.

        From its start, with the process itself, to the last answer by the key before; without
        what a process takes to start here, that is under ten seconds. Whatever reaches a node
        once the command has ended is signed as it says, on every node.
        """
        began = system_clock()
        self.command(*arguments, *WHY)
        ended = system_clock()
        self.load.wait(service, ended)
        seen = [s for s in self.load.seen if s.service == service and s.received > began]
        assert {s.epoch for s in seen if s.sent > ended} == {epoch}, arguments
        took = max((s.received for s in seen if s.epoch != epoch), default=began) - began
        told = f"{' '.join(arguments)}: on all nodes after {took.total_seconds():.1f} s"
        print(f"{told}; a command that does nothing takes {self.starting.total_seconds():.1f} s")
        assert took - self.starting < WITHIN
        return took


def test_a_switch_and_every_command_count_on_all_nodes_while_people_log_in(
    tmp_path: Path, postgres_folder: Path
) -> None:
    free = Ports.free()
    ports = (free.broker, free.idps, free.services)
    with fleet(tmp_path, new_database(postgres_folder, "nodes"), ports) as nodes:
        _announced(nodes)
        with Load(nodes, ("one", "two")) as load:
            began = system_clock()
            nodes.command("rollover", "move", "--help")
            watched = Watched(nodes, load, system_clock() - began)
            load.wait("two", system_clock())
            assert {seen.epoch for seen in load.seen} == {"first"}
            took = watched.change("two", "second", "override", "change", "two", "early")
            _switched(watched, took)
            watched.command("override", "change", "two", "follow", *WHY)
            watched.change("one", "first", "rollback", "change", "--partner", "one")
            now = system_clock()
            load.wait("two", now)
            assert {s.epoch for s in load.seen if s.service == "two" and s.sent > now} == {"second"}
            watched.change("two", "first", "rollback", "change")
        assert all(node.poll() is None for node in nodes.processes)
    assert load.failed == []
    print(f"{len(load.seen)} logins, none failed")
    for port in ports:
        text = (tmp_path / f"{port}.log").read_text()
        assert text.count("Booting worker") == 1, "the node was started again"
        assert "Traceback" not in text


def _announced(nodes: Fleet) -> None:
    """The new keys and the plan, while the nodes run: nobody starts one again."""
    nodes.command("rollover", "keys", "second", "--federation", "sundhed")
    far = (system_clock() + timedelta(hours=1)).isoformat()
    options = ("--after", "second", "--federation", "sundhed", "--switch", far)
    told = nodes.command("rollover", "plan", "--code", "change", *options, *WHY)
    assert "of notice" in told


def _switched(watched: Watched, command_takes: timedelta) -> None:
    """By the clock alone: issued before the switch, the old key; at it or after, the new one."""
    lead = 5 * command_takes + 5 * SECOND  # so that a busy machine has announced it in time
    switch = (system_clock() + lead).replace(microsecond=0)
    watched.command("move", "change", "--switch", switch.isoformat(), *WHY)
    assert system_clock() < switch, "this machine is too slow for so little notice"
    watched.load.wait("one", switch + SECOND)
    seen: list[Seen] = [s for s in watched.load.seen if s.service == "one"]
    for port in watched.nodes.ports:
        here = [s for s in seen if s.node == port]
        assert {s.epoch for s in here if s.issued < switch} == {"first"}, port
        assert {s.epoch for s in here if s.issued >= switch} == {"second"}, port
        last = max(s.issued for s in here if s.epoch == "first") - switch
        first = min(s.issued for s in here if s.epoch == "second") - switch
        told = f"{last.total_seconds():+.0f} s, first by the new {first.total_seconds():+.0f} s"
        print(f"node {port}: last by the old key at {told} from the switch, in whole seconds")
