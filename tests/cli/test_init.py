"""`residency init`: looks, proposes, and writes a file that a scan can be run with."""

import dataclasses
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from residency.settings import load
from residency.simulator.world import Body, Estate, Subscription

Run = Callable[..., Any]
Serving = Callable[[Estate], Any]
Tenant = Callable[..., Estate]
Account = Callable[..., Body]
SECONDS = 60
AGAIN_SECONDS = 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("init")


@pytest.fixture(scope="module")
def wrote(example: Any, folder: Path, once: Callable[..., Any]) -> Any:
    endpoint = example.variables["RESIDENCY_AZURE__ENDPOINT"]
    return once(folder, "init", "--yes", "--endpoint", endpoint, "--credential", "none")


def test_it_says_what_it_wrote_and_what_to_do_next(wrote: Any) -> None:
    assert (wrote.code, wrote.err) == (0, "")
    assert wrote.out.startswith("Wrote residency.yaml:")
    for line in (
        "6 subscriptions seen, 1 of them not whole",
        "archive-prod: reads-refused",
        "5 products: MolenkampRegister, Platform, Procs, QicsDashboards, QicsMilestones",
        "4 customers: acme, duinwende, molenkamp, waterhoek",
        "resources are unassigned",
        "residency config check --config residency.yaml",
        "residency scan --config residency.yaml",
    ):
        assert line in wrote.out


def test_every_part_of_the_file_is_explained(wrote: Any, folder: Path) -> None:
    assert wrote.code == 0
    lines = (folder / "residency.yaml").read_text(encoding="utf-8").splitlines()
    sections = [number for number, line in enumerate(lines) if line and line[0] not in " #"]
    assert sections
    assert all(lines[number - 1].startswith("#") for number in sections)


def test_any_reader_of_yaml_finds_the_same_in_the_file(wrote: Any, folder: Path) -> None:
    assert wrote.code == 0
    path = folder / "residency.yaml"
    plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = load(path)
    assert list(plain["estate"]["products"]) == list(found.estate.products)
    assert [each["name"] for each in plain["scope"]["subscriptions"]] == [
        each.name for each in found.scope.subscriptions
    ]


def test_the_scan_with_the_file_sees_the_same_manifest_and_owners(
    wrote: Any, folder: Path, once: Callable[..., Any], example: Any
) -> None:
    assert wrote.code == 0
    checked = once(folder, "config", "check")
    ran = once(folder, "scan", "--format", "json", "--all")
    found = json.loads(ran.out)
    settings = load(folder / "residency.yaml")
    states = {each["id"]: each["state"] for each in found["subscriptions"]}
    listed = {each.id for each in example.simulator.tenant.subscriptions.values()}
    assert (checked.code, ran.code) == (0, 1)
    assert states.keys() == {each.id for each in settings.scope.subscriptions} == listed
    assert sorted(states.values()) == ["read"] * 5 + ["unreadable"]
    assert {each["product"] for each in found["resources"]} == {*settings.estate.products, None}
    unassigned = sum(not each["product"] and not each["customers"] for each in found["resources"])
    assert f"{unassigned} of {len(found['resources'])} resources are unassigned" in wrote.out


def test_it_only_reads(wrote: Any, example: Any) -> None:
    assert wrote.code == 0
    assert example.simulator.breaches == []


def test_a_small_tenant_is_compliant_with_the_file_that_was_proposed_for_it(
    run: Run, serving: Serving, tenant: Tenant, account: Account
) -> None:
    azure = serving(tenant(account()))
    assert run("init", **azure.variables).code == 0
    assert run("scan").code == 0


def test_a_file_that_exists_is_left_alone_unless_force_is_given(
    run: Run, serving: Serving, tenant: Tenant, account: Account, tmp_path: Path
) -> None:
    azure = serving(tenant(account()))
    path = tmp_path / "mine.yaml"
    path.write_text("scope: {}\n")
    refused = run("init", "--output", str(path), "--yes", **azure.variables)
    assert (refused.code, refused.out) == (2, "")
    assert "--force" in refused.err
    assert path.read_text() == "scope: {}\n"
    assert azure.simulator.requests == []
    assert run("init", "--output", str(path), "--force", **azure.variables).code == 0
    assert len(load(path).scope.subscriptions) == 1


def test_a_folder_that_is_not_there_ends_with_2_and_a_sentence(
    run: Run, serving: Serving, tenant: Tenant, account: Account, tmp_path: Path
) -> None:
    path = tmp_path / "nowhere" / "residency.yaml"
    ran = run("init", "--output", str(path), **serving(tenant(account())).variables)
    assert (ran.code, ran.out) == (2, "")
    assert f"{path} cannot be written: no such file or directory" in ran.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--endpoint", "http://example.org"], "azure.endpoint"),
        (["--credential", "password"], "azure.credential"),
        (["--credential", "none"], "loopback"),
        (["--management-group", "a/b"], "scope.management_group"),
        (["--product-tag", " "], "is not the name of a tag"),
        (["--customer-tag", "a\nb"], "is not the name of a tag"),
    ],
)
def test_an_option_that_is_wrong_ends_with_2_and_nothing_is_written(
    run: Run, tmp_path: Path, options: list[str], said: str
) -> None:
    ran = run("init", *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert list(tmp_path.iterdir()) == []


def test_an_identity_that_sees_nothing_gets_no_file(
    run: Run, serving: Serving, tenant: Tenant, main_subscription: Subscription, tmp_path: Path
) -> None:
    unseen = dataclasses.replace(main_subscription, listed=False)
    ran = run("init", **serving(tenant(subscriptions=(unseen,))).variables)
    assert ran.code == 2
    assert "grant it Reader" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_management_group_becomes_the_manifest(
    run: Run, serving: Serving, tenant: Tenant, account: Account, tmp_path: Path
) -> None:
    azure = serving(tenant(account()))
    assert run("init", "--management-group", "mg-small", **azure.variables).code == 0
    scope = load(tmp_path / "residency.yaml").scope
    assert (scope.management_group, scope.subscriptions) == ("mg-small", ())
    assert run("scan").code == 0


def test_names_from_the_tenant_cannot_write_the_file(
    run: Run,
    serving: Serving,
    tenant: Tenant,
    account: Account,
    main_subscription: Subscription,
    tmp_path: Path,
) -> None:
    hostile = 'x"\npolicy: {primary: [US]}\n# \x1b[2J\u202e no'
    named = dataclasses.replace(main_subscription, name=hostile)
    other = account(tags={"product": hostile, "customer": hostile, "environment": hostile})
    azure = serving(tenant(other, subscriptions=(named,)))
    ran = run("init", **azure.variables)
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    found = load(tmp_path / "residency.yaml")
    assert found.policy.primary == ("NL",)
    assert [each.name for each in found.scope.subscriptions] == [hostile]
    assert {each.label for each in found.estate.products.values()} == {"Procs", hostile}
    assert [each.name for each in found.estate.customers.values()] == [hostile]


class Person:
    """Somebody at a terminal who types what is given, a line for each question."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        self.variables = {**variables, "TERM": "dumb"}

    def answers(self, typed: str, *, interrupts: bool = False) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        program = subprocess.Popen(
            [sys.executable, "-m", "residency", "init"],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            env=self.variables,
            cwd=self.folder,
        )
        os.close(theirs)
        os.write(ours, typed.encode())
        shown, asked = b"", b"File to write"
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            said = select.select([ours], [], [], AGAIN_SECONDS)[0]
            try:
                shown += os.read(ours, 65536) if said else b""
            except OSError:  # Linux' way to say that the other side is closed
                break
            # Between Python's last look and its read a Ctrl-C goes unseen: people press again.
            if interrupts and asked in shown:
                program.send_signal(signal.SIGINT)
        os.close(ours)
        program.kill()  # does nothing to a program that has ended
        program.communicate(timeout=SECONDS)
        return program.returncode, shown.decode()


@pytest.fixture
def person(
    tmp_path: Path,
    serving: Serving,
    tenant: Tenant,
    account: Account,
    main_subscription: Subscription,
    clean_environment: Callable[..., dict[str, str]],
) -> Person:
    more = Subscription(id="bbbbbbbb-0000-4000-8000-000000000002", name="trial")
    mine = account(tags={"app": "Procs"})
    azure = serving(tenant(mine, subscriptions=(main_subscription, more)))
    return Person(tmp_path, clean_environment(**azure.variables))


def test_a_person_is_asked_for_the_file_the_tags_and_what_to_leave_out(
    person: Person, tmp_path: Path
) -> None:
    code, shown = person.answers("my.yaml\napp\n\n\n7\n2\n")
    assert code == 0
    assert "Tags that are used: app (1)" in shown
    assert "Give numbers from 1 to 2" in shown
    found = load(tmp_path / "my.yaml")
    assert list(found.estate.products) == ["Procs"]
    assert [each.name for each in found.scope.subscriptions] == ["main"]


def test_a_person_who_does_not_want_the_file_replaced_keeps_it(
    person: Person, tmp_path: Path
) -> None:
    (tmp_path / "residency.yaml").write_text("scope: {}\n")
    code, shown = person.answers("\nn\n")
    assert code == 2
    assert "Replace it?" in shown
    assert (tmp_path / "residency.yaml").read_text() == "scope: {}\n"


@pytest.mark.parametrize(
    ("typed", "interrupts", "ended"),
    [("", True, 130), ("\x04", False, 2)],
    ids=["ctrl-c", "ctrl-d"],
)
def test_a_person_can_stop_at_a_question(
    person: Person, tmp_path: Path, typed: str, *, interrupts: bool, ended: int
) -> None:
    code, shown = person.answers(typed, interrupts=interrupts)
    assert code == ended
    assert "Traceback" not in shown
    assert list(tmp_path.iterdir()) == []
