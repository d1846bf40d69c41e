"""How long a newcomer waits: script/bench build [--against REVISION] [--tests] [--rounds N]

Builds what script/demo builds, from fresh clones of REVISION and of HEAD, in turn, with the machine's compiler and without
any cache of objects; then touches one file of cmd and builds again. With --tests the same for what script/test does: the
build with sanitizers and every test that is not slow. Prints the load before each step: figures of a machine that does
something else are upper bounds. CPU seconds are those of all children, as the kernel counts them.
"""

import argparse
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

from measuring.builds import TARGETS, clone, short_name


def measured(command, folder):
    """(wall, CPU) seconds of a command and all its children."""
    environment = {name: value for name, value in os.environ.items() if "CCACHE" not in name and "LAUNCHER" not in name}
    load = os.getloadavg()[0]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=folder, env=environment | {"CCACHE_DISABLE": "1"}, capture_output=True, text=True)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command)} failed in {folder}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  {' '.join(map(str, command))[:60]:60} {wall:7.1f} s wall {cpu:7.1f} s CPU   load before {load:.1f}", flush=True)
    return wall, cpu


def steps_of(folder, tests):
    """{step: (wall, CPU)} of a fresh clone."""
    found = {"script/demo: compile": measured(["script/build", "release", *TARGETS], folder)}
    touched = folder / "cmd" / "revoke.cpp"
    touched.write_text(touched.read_text() + "\n")
    found["one file of cmd again"] = measured(["script/build", "release", *TARGETS], folder)
    if tests:
        found["script/test: build and tests"] = measured(["script/test"], folder)
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--against", default="70503ce", help="the revision to compare with (default: before the rooms)")
    options.add_argument("--tests", action="store_true", help="also what script/test does")
    options.add_argument("--rounds", type=int, default=1)
    wanted = options.parse_args()
    results = {}
    for _ in range(wanted.rounds):
        for name, revision in (("before", wanted.against), ("now", "HEAD")):
            with tempfile.TemporaryDirectory(prefix="pwreset-build-") as folder:
                clone(revision, folder)
                commit = short_name(revision)
                print(f"{name}: {commit}", flush=True)
                for step, figures in steps_of(Path(folder), wanted.tests).items():
                    results.setdefault(step, {}).setdefault(name, []).append(figures)
    print(f"\n{os.cpu_count()} cores, {wanted.rounds} rounds, the best of each\n")
    print("| step | before: wall, CPU | now: wall, CPU | wall | CPU |\n|---|---|---|---|---|")
    for step, by_name in results.items():
        (wall_then, cpu_then), (wall_now, cpu_now) = (
            (min(wall for wall, _ in by_name[name]), min(cpu for _, cpu in by_name[name])) for name in ("before", "now"))
        print(f"| {step} | {wall_then:.0f} s, {cpu_then:.0f} s | {wall_now:.1f} s, {cpu_now:.1f} s "
              f"| {wall_now / wall_then:.2f} × | {cpu_now / cpu_then:.2f} × |")


if __name__ == "__main__":
    main()
