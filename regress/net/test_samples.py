# Copyright (c) 2026 The vrrpd authors
#
# Permission to use, copy, modify, and distribute this software for any
# purpose with or without fee is hereby granted, provided that the above
# copyright notice and this permission notice appear in all copies.
#
# THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
# WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
# MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
# ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
# WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
# ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
# OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.

"""Configurations in the manner of the field, beside keepalived: regress/samples
with the files in its folder own."""

import importlib.machinery
import importlib.util
import os

import pytest

import lib

FOLDER = os.path.join(lib.TOP, "regress/samples")
NUMBERS = sorted(name[:-5] for name in os.listdir(FOLDER + "/own")
    if name.endswith(".conf"))

# One process runs all of them at once.
pytestmark = pytest.mark.xdist_group("samples")


def program():
    """regress/samples/run as a module."""
    loader = importlib.machinery.SourceFileLoader("samples_run",
        FOLDER + "/run")
    spec = importlib.util.spec_from_loader("samples_run", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(name="results", scope="module")
def results_fixture():
    results, _ = program().run_folder(FOLDER + "/own", ask=True,
        workers=len(NUMBERS))
    return {result.sample.number: result for result in results}


@pytest.mark.parametrize("number", NUMBERS)
def test_sample(results, number):
    """Loads and ends as with keepalived, and so does its canonical form."""
    result = results[number]
    assert not result.unlisted, getattr(result, "log", "")
    assert result.accepted == (result.sample.run == "runs")


def test_notices(tmp_path):
    """What does differ is told, and what no longer differs, too."""
    run = program()
    with open(FOLDER + "/own/01.conf", encoding="utf-8") as f:
        text = f.read()
    (tmp_path / "01.conf").write_text(text.replace("priority 100",
        "priority 100\n    state_of_mind x\n    nopreempt"))
    (tmp_path / "02.conf").write_text("vrrp_instance X { interface eth0 }\n")
    (tmp_path / "differences").write_text("02\trefused\ta reason\n"
        "01\tno such thing\tanother one\n")
    (tmp_path / "INDEX.tsv").write_text("file\tconfig_id\trun\tfinal_states"
        "\tenvironment\n"
        "01.conf\t\truns\tVI_1=BACKUP\tinterface eth0 192.0.2.11, "
        "stub /etc/keepalived/check_web.sh\n"
        "02.conf\t\truns\t\tinterface eth0 192.0.2.11\n")
    results, rows = run.run_folder(str(tmp_path))
    assert results[0].unlisted == ["state: VI_1: MASTER, keepalived BACKUP"]
    assert not results[1].unlisted and len(results[1].listed) == 1
    assert run.tally(results, rows, True) == 2
