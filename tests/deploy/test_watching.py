"""The alerts and the guide speak of numbers that the program tells, and of each other."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from prometheus_client import CollectorRegistry, generate_latest

from cli.ops import Watched, collector
from consumers.intake import Intake
from projections.segments import Segments
from record.clock import SteppedClock
from record.log import Log
from tests.deploy.reading import GUIDE, SERVICES
from tests.documents import ROOT, text
from tests.feeds import NOON, check_in, lines
from watch.follower import Follower

RULES = yaml.safe_load(text("deploy/prometheus/alerts.yml"))["groups"][0]["rules"]
SCRAPED = yaml.safe_load(text("deploy/prometheus/prometheus.yml"))["scrape_configs"]
NUMBER = r"counterfoil_\w+"


def told_numbers(folder: Path) -> set[str]:
    """The names of all numbers that a process tells that takes and follows one event."""
    clock = SteppedClock(NOON)
    with Log(f"sqlite:///{folder}/council.db", simulated=True) as log:
        Intake(log).receive(lines([check_in("i1")]), clock)
        follower = Follower(log, Segments(folder / "columns", log.id), clock)
        follower.follow_once()
        registry = CollectorRegistry()
        registry.register(collector(Watched(log, clock, {}, follower)))
        told = generate_latest(registry).decode()
        assert follower.present is not None
        follower.present.close()
    return set(re.findall(rf"^({NUMBER})", told, re.MULTILINE))


def headings() -> set[str]:
    """The places of the guide that a link may name."""
    told = re.findall(r"^#+ (.*)$", text(GUIDE), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in told}


def test_every_number_of_an_alert_or_of_the_guide_is_told(tmp_path: Path) -> None:
    # given the numbers that a process tells
    told = told_numbers(tmp_path)
    # when those are gathered that alerts and the guide name
    alerts = {name for rule in RULES for name in re.findall(NUMBER, rule["expr"])}
    guide = set(re.findall(rf"`({NUMBER})(?:\{{\w+(?:,\w+)*\}})?`", text(GUIDE)))
    guide -= {"counterfoil_owner", "counterfoil_intake", "counterfoil_node"}
    # then there is no other
    assert alerts <= told
    assert {re.sub("_(sum|count|bucket)$", "", name) for name in told} >= guide
    # and the guide leaves out none
    assert {re.sub("_(sum|count|bucket|created)$", "", name) for name in told} == guide


def test_every_alert_is_in_the_guide_and_leads_to_what_to_do() -> None:
    # given the alerts
    names = [rule["alert"] for rule in RULES]
    # then each has a name of its own, stands in the guide, and links to a place that is there
    assert len(set(names)) == len(names)
    for rule in RULES:
        assert f"`{rule['alert']}`" in text(GUIDE)
        page, _, place = rule["annotations"]["guide"].partition("#")
        assert page == GUIDE
        assert place in headings(), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_prometheus_asks_those_who_tell() -> None:
    # given what is asked, and what compose starts
    asked = {job["job_name"]: job["static_configs"][0]["targets"] for job in SCRAPED}

    # then both parts are asked at the port at which they tell, in a network they share
    assert asked == {
        "intake": ["intake:9464"], "node": ["node:9464"], "watch": ["watch:9464"],
    }  # fmt: skip
    for name in asked:
        words = SERVICES[name]["command"]
        assert words[words.index("--ops") + 1] == "0.0.0.0:9464"
        assert set(SERVICES["prometheus"]["networks"]) & set(SERVICES[name]["networks"])


def test_every_link_of_the_guide_leads_somewhere() -> None:
    # given the links of the guide to our own documents
    folder = (ROOT / GUIDE).parent
    links = re.findall(r"\]\((?!http)([^)#]+)", text(GUIDE))

    # then each is there
    assert links
    assert all((folder / link).resolve().exists() for link in links)
