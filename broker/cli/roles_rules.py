"""`broker roles rule|conflicts|bundles`: rules in their life, exceptions, lists to grant from."""

from pathlib import Path
from uuid import UUID

import click

from broker.cli.office import Asked, print_json
from broker.cli.organisation_options import FEDERATION, JSON, reasons
from broker.cli.printing import print_table
from broker.cli.roles_office import RolesOffice, in_role_words, shown, since_of, until_of
from broker.db import reading, writing
from broker.metadata.seed import read_toml
from broker.roles.rules import store


@click.group()
def rule() -> None:
    """Rules that derive or deny roles: proposed, watched in shadow, put in force by another."""


@rule.command("list")
@FEDERATION
@JSON
@in_role_words
def list_rules(*, federation: str | None, as_json: bool) -> None:
    """Every rule, with each version that counts or may come to."""
    desk = RolesOffice.here()
    home = desk.office.federation(federation)
    with reading(desk.office.engine) as connection:
        rows = [
            row
            for code in store.codes(connection, home)
            for row in store.history(connection, home, code)
            if row.period.until > desk.now
        ]
    facts = [
        {
            "rule": row.code,
            "version": row.version,
            "state": row.state,
            "effect": row.effect,
            "role": role.urn if (role := desk.catalogue.role(row.role)) else str(row.role),
            "since": row.period.since,
            "by": row.by_label,
            "approved_by": row.approved_by,
        }
        for row in rows
    ]
    if as_json:
        print_json(facts)
        return
    columns = ("rule", "version", "state", "effect", "role", "by")
    print_table(columns, [[str(one[column]) for column in columns] for one in facts])


@rule.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@FEDERATION
@reasons
@in_role_words
def propose(
    *,
    file: Path,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Propose a rule, or a new version of one, from a TOML FILE: code, role, when, scope."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    document = read_toml(file.read_bytes(), str(file))
    home, actor = desk.office.federation(federation), desk.actor(asked)
    with writing(desk.office.engine) as connection:
        made = desk.rules.propose(connection, actor, home, document, desk.office.deed(asked))
    click.echo(
        f"Rule {made.code}, version {made.version}, is proposed. "
        f"Next: broker roles rule shadow {made.code} --reason …"
    )


def _step(name: str, words: str, help_text: str) -> click.Command:
    @click.command(name, help=help_text)
    @click.argument("code")
    @FEDERATION
    @reasons
    @in_role_words
    def step(
        *,
        code: str,
        federation: str | None,
        reason: str,
        case_no: str | None,
        as_account: UUID | None,
    ) -> None:
        desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
        steps = {
            "shadow": desk.rules.shadow,
            "retire": desk.rules.retire,
        }
        home, actor = desk.office.federation(federation), desk.actor(asked)
        with writing(desk.office.engine) as connection:
            steps[name](connection, actor, home, code, desk.office.deed(asked))
        click.echo(f"Rule {code} {words}.")

    return step


rule.add_command(_step("shadow", "is watched, and gives nothing yet", "Watch a proposed rule."))


@rule.command("activate")
@click.argument("code")
@click.option("--version", type=int, required=True, help="The version that you have read.")
@FEDERATION
@reasons
@in_role_words
def activate(
    *,
    code: str,
    version: int,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Put a rule in force that another proposed."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    home, actor = desk.office.federation(federation), desk.actor(asked)
    with writing(desk.office.engine) as connection:
        desk.rules.activate(connection, actor, home, code, desk.office.deed(asked), version=version)
    click.echo(f"Rule {code} is in force, in version {version}.")


rule.add_command(_step("retire", "is retired", "End a rule."))


@click.group()
def conflicts() -> None:
    """Roles that should not meet in one person, and exceptions to that."""


@conflicts.command("list")
@click.option("--at", metavar="DATE", help="As it was or will be then.")
@FEDERATION
@JSON
@in_role_words
def list_conflicts(*, at: str | None, federation: str | None, as_json: bool) -> None:
    """Everybody who meets both sides of a rule, by what is granted."""
    desk = RolesOffice.here()
    when = since_of("--at", at, desk.now) or desk.now
    with reading(desk.office.engine) as connection:
        found = desk.exceptions.find(connection, desk.office.federation(federation), when)
    facts = [
        {
            "rule": one.rule.code,
            "action": one.rule.action,
            "excepted": one.excepted,
            "accounts": sorted(map(str, one.accounts)),
            "roles": sorted(
                shown(role) for each in one.roles if (role := desk.catalogue.role(each))
            ),
        }
        for one in found
    ]
    if as_json:
        print_json(facts)
    elif not facts:
        click.echo("Nobody.")
    else:
        print_table(
            ("rule", "action", "excepted", "accounts", "roles"),
            [
                (
                    one.rule.code,
                    one.rule.action,
                    "yes" if one.excepted else "",
                    " ".join(sorted(map(str, one.accounts))),
                    " ".join(map(str, fact["roles"])) if isinstance(fact["roles"], list) else "",
                )
                for one, fact in zip(found, facts, strict=True)
            ],
        )


@conflicts.command("ask")
@click.argument("code", metavar="RULE")
@click.argument("account", type=click.UUID)
@click.argument("until", metavar="DATE")
@reasons
@in_role_words
def ask(
    *,
    code: str,
    account: UUID,
    until: str,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Ask for an exception from RULE for ACCOUNT until DATE; it takes --as somebody there."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    ends, actor = until_of("DATE", until) or desk.now, desk.actor(asked)
    with writing(desk.office.engine) as connection:
        made = desk.exceptions.ask(connection, actor, code, account, ends, desk.office.deed(asked))
    click.echo(f"Asked. Somebody else approves it: broker roles conflicts approve {made}")


@conflicts.command("approve")
@click.argument("exception", type=click.UUID)
@reasons
@in_role_words
def approve(*, exception: UUID, reason: str, case_no: str | None, as_account: UUID | None) -> None:
    """Approve an exception that another asked for."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    actor = desk.actor(asked)
    with writing(desk.office.engine) as connection:
        desk.exceptions.approve(connection, actor, exception, desk.office.deed(asked))
    click.echo("Approved.")


@conflicts.command("revoke")
@click.argument("exception", type=click.UUID)
@reasons
@in_role_words
def revoke_exception(
    *, exception: UUID, reason: str, case_no: str | None, as_account: UUID | None
) -> None:
    """Take an exception back, or turn it down."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    actor = desk.actor(asked)
    with writing(desk.office.engine) as connection:
        desk.exceptions.revoke(connection, actor, exception, desk.office.deed(asked))
    click.echo("Taken back.")
