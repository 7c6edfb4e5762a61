"""How many cores a process sees: its cgroups' limits count, whatever the host has."""

import os

import pytest

from config import cores

HOST = len(os.sched_getaffinity(0))


def _machine(tmp_path, cgroup, files):
    for name, text in {"proc/self/cgroup": cgroup, **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture(autouse=True)
def _sixteen_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(16)))


@pytest.mark.parametrize(
    ("cgroup", "files", "expected"),
    [
        ("0::/\n", {}, 16),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "max 100000\n"}, 16),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "200000 100000\n"}, 2),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "150000 100000\n"}, 2),
        ("0::/\n", {"sys/fs/cgroup/cpu.max": "5000 100000\n"}, 1),
        (
            "0::/pods/one\n",
            {"sys/fs/cgroup/pods/cpu.max": "400000 100000", "sys/fs/cgroup/pods/one/cpu.max": "max 100000"},
            4,
        ),
        (
            "5:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n",
            {
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "300000\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            },
            3,
        ),
        ("2:cpu:/\n", {"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n"}, 16),
        ("", {}, 16),
    ],
)
def test_the_lowest_limit_above_a_process_counts(tmp_path, cgroup, files, expected):
    assert cores.available(_machine(tmp_path, cgroup, files)) == expected
