"""What a run is told as: ratios of medians, met aims, plots that any browser draws, and the addresses of the proxy."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench import plots, ratios
from bench.outcome import Cost, Outcome, ratio
from bench.processes import configured
from tests.servers import ROOT


def costs(*cpu_us: float, p99_ms: float = 5) -> list[Cost]:
    return [Cost(one, 1, p99_ms) for one in cpu_us]


def an_outcome(
    key: str, rows: dict[tuple[int, str], list[Cost]], most: dict[str, int] | None = None, kib: float = 0
) -> Outcome:
    climbed = {
        name: [(rate, one) for (rate, server), trials in rows.items() if server == name for one in trials]
        for _, name in rows
    }
    return Outcome(key, "a workload", rows, climbed, most or {}, {ratios.OURS: kib * 1024}, 0.1, [])


def test_a_ratio_is_of_medians_and_spreads_over_repetitions_by_turns() -> None:
    assert ratio(costs(10, 20, 60), costs(20, 20, 30)) == (0.5, 1.0, 2.0)


def told(capsys: pytest.CaptureFixture[str], *outcomes: Outcome) -> list[list[str]]:
    ratios.table(outcomes)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_only_rates_that_both_sustain_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    beside = "Colyseus, message broadcast"
    rows = {(rate, name): costs(20, 21, 22) for rate in (1000, 4000, 8000) for name in (ratios.OURS, beside)}
    found = told(capsys, an_outcome("A", rows, {ratios.OURS: 8000, beside: 4000}))
    assert [row[3] for row in found if row[2] == beside] == ["1,000", "4,000"]
    assert found[0][5:] == ["1.00 / **1.00** / 1.00", "at most 1", "met"]
    assert found[-1][5:] == ["8,000 moves/s, p99 5 ms", "at least 20,000", "missed"]


def test_slow_servers_are_compared_each_at_its_most(capsys: pytest.CaptureFixture[str]) -> None:
    beside = "stock Channels, daphne, Redis core"
    rows = {(9000, ratios.OURS): costs(25, 25, 25), (300, beside): costs(1000, 1250, 1000)}
    found = told(capsys, an_outcome("A", rows, {ratios.OURS: 9000, beside: 300}))
    assert found[0][3:] == ["9,000 and 300", "25.0 and 1000.0", "1/50 / **1/40** / 1/40", "at most 1/40", "met"]
    assert found[1][3:] == ["the most of each", "", "30 times", "at least 20", "met"]


def test_memory_of_an_idle_connection_is_held_against_its_aim(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, an_outcome("D", {}, kib=21))[0][5:] == ["21 KiB", "at most 20 KiB", "missed"]


def test_plots_are_whole_svgs_with_a_line_for_each_server(tmp_path: Path) -> None:
    rows = {(rate, name): costs(20, 21) for rate in (100, 1000) for name in (ratios.OURS, "bare <picows>")}
    paths = plots.write(an_outcome("A", rows), tmp_path)
    assert [path.name for path in paths] == ["bench-a-cpu.svg", "bench-a-p99.svg"]
    for path in paths:
        root = ET.fromstring(path.read_text())
        assert len(root.findall("{*}polyline")) == 2
        assert "bare <picows>" in [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
        assert "prefers-color-scheme: dark" in path.read_text()


def test_a_backlog_is_not_drawn_as_cheap(tmp_path: Path) -> None:
    rows = {(rate, ratios.OURS): costs(20, p99_ms=rate / 10) for rate in (100, 400, 1000)}
    cpu, p99 = plots.write(an_outcome("A", rows), tmp_path)
    drawn = [ET.fromstring(path.read_text()).find("{*}polyline") for path in (cpu, p99)]
    assert [line is not None and len(line.attrib["points"].split()) for line in drawn] == [2, 3]


def test_one_rate_is_no_line(tmp_path: Path) -> None:
    assert plots.write(an_outcome("A", {(10, ratios.OURS): costs(1)}), tmp_path) == []


def test_the_proxys_own_configuration_is_run_with_other_addresses() -> None:
    text = configured((ROOT / "deploy" / "haproxy.cfg").read_text(), 8102, [9001, 9002])
    assert text.count("    server web1 127.0.0.1:9002\n") == 3
    assert "bind 127.0.0.1:8102\n" in text
    assert not any(word in text for word in ("resolvers", "server-template", "hash-key addr", "8404", ":8000"))
