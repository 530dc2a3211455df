"""`broker check --nemlogin`: the report of NemLog-in's integration tests, rehearsed."""

import click

from broker import __version__
from broker.demo.nemlogin import CASES, MANDATORY
from broker.demo.rehearsal import Result, rehearsing, run
from broker.web.logging import configure


def rehearse() -> int:
    """Play every case and print the report; the exit status."""
    configure("ERROR")
    click.echo("Rehearsing against the demo's NemLog-in; nobody else is asked.", err=True)
    results: list[Result] = []
    with rehearsing(lambda what: click.echo(f"  preparing {what} …", err=True)) as act:
        for name, case in CASES.items():
            results.append(run(act, name, case, mandatory=name in MANDATORY))
    click.echo(_report(results))
    return 0 if all(result.passed for result in results) else 1


def _report(results: list[Result]) -> str:
    passed = sum(result.passed for result in results)
    lines = [
        "Integration test, rehearsal of the report",
        "",
        "  Type                broker",
        f"  Product             federation-broker {__version__}",
        "  Profile             OIOSAML Web SSO Profile 3.0",
        "  Accepted levels     NSIS Low, Substantial, High, as each service demands",
        "",
    ]
    for result in results:
        kind = "mandatory" if result.mandatory else "optional"
        word = "passed" if result.passed else "FAILED"
        lines.append(f"  {result.case:<11} {kind:<10} {word:<7} {result.seen}")
        lines.append(f"  {'':<11} {(CASES[result.case].__doc__ or '').strip()}")
    lines += ["", f"  {passed} of {len(results)} passed"]
    return "\n".join(lines)
