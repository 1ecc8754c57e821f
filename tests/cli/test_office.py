"""What an office runs beside the work itself: aliases into a folder, units of systemd, stores on safe disks."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from sqlalchemy import text as sql

from extractor.cli import main
from extractor.errors import CatalogueError, UsageError
from extractor.indicator import add_variants, copy_catalogue, load_catalogue
from extractor.store import NewDecision, check_store, decide, open_for_upgrade, open_store, parse_address, save_report
from tests.store.samples import seed_scan

SHIPPED = "soctrang-cchc-huyen"


def test_proposed_aliases_are_listed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address, folder = str(tmp_path / "kho.db"), tmp_path / "own"
    store = open_store(address)
    one = save_report(store, *seed_scan())
    said = {"code": "III.6.4", "alias": True, "label": "Tên gọi | khác"}
    decide(store, NewDecision("a", one, "III.6.1/row", "matched", "lan", said))
    decide(store, NewDecision("b", one, "III.6.2/row", "matched", "lan", said | {"alias": False, "code": "III.6.1"}))
    store.close()
    assert main(["catalogue", "aliases", "--store", address, "--write", str(folder)]) == 0
    told = capsys.readouterr().out
    assert f"{SHIPPED}\tIII.6.4\tTên gọi | khác\t1 documents, lan" in told
    assert "1 aliases added" in told
    old, new = load_catalogue(SHIPPED), load_catalogue(folder)
    changed = [two for one, two in zip(old.indicators, new.indicators, strict=True) if one != two]
    assert [(one.code, one.variants[-1]) for one in changed] == [("III.6.4", "Tên gọi / khác")]
    assert main(["catalogue", "aliases", "--store", address, "--write", str(folder)]) == 0
    assert "0 aliases added" in capsys.readouterr().out
    assert main(["rematch", "--store", address, "--catalogue", str(folder), "--apply"]) == 0


def test_a_folder_saved_by_a_spreadsheet_keeps_its_shape(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    copy_catalogue(SHIPPED, folder)
    path = folder / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("\ufeffsep=;\n")
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(rows)
    before = path.read_bytes()
    assert add_variants(folder, []) == 0
    assert path.read_bytes() == before
    assert add_variants(folder, [("I.1", "Một tên khác")]) == 1
    assert "Một tên khác" in next(one for one in load_catalogue(folder).indicators if one.code == "I.1").variants
    with pytest.raises(CatalogueError, match="no indicator"):
        add_variants(folder, [("nowhere", "x")])


def test_units_are_filled_in_and_hardened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, out = str(tmp_path / "a % b" / "kho.db"), tmp_path / "units"
    flags = ["--store", store, "--user", "daemon", "--backup", str(tmp_path / "kept")]
    assert main(["service", *flags, "--out", str(out)]) == 0
    unit = (out / "extractor-review.service").read_text(encoding="utf-8")
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "User=daemon", "CapabilityBoundingSet="):
        assert line in unit.splitlines()
    assert f'review --store "{tmp_path}/a %% b/kho.db"' in unit
    assert "$" not in unit
    assert {path.name for path in out.iterdir()} == {
        "extractor-review.service",
        "extractor-backup.service",
        "extractor-backup.timer",
    }
    analyse = shutil.which("systemd-analyze")
    if analyse is not None:
        units = [str(path) for path in out.iterdir()]
        told = subprocess.run([analyse, "verify", *units], capture_output=True, text=True, check=False).stderr
        assert not [line for line in told.splitlines() if "extractor-" in line and "executable" not in line], told
    capsys.readouterr()
    assert main(["service", "--store", store, "--user", "daemon", "--print"]) == 0
    assert "extractor-backup" not in capsys.readouterr().out


def test_no_unit_for_root_or_with_a_password(tmp_path: Path) -> None:
    assert main(["service", "--store", str(tmp_path / "kho.db"), "--user", "root"]) == 2
    assert main(["service", "--store", "postgresql://kho:secret@host/kho", "--user", "daemon"]) == 2


def test_what_people_settle_is_on_the_disk_before_they_are_answered(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "kho.db"))
    with store.write() as connection:
        full, journal = (connection.execute(sql(f"PRAGMA {name}")).scalar() for name in ("synchronous", "journal_mode"))
    assert (full, journal) == (2, "wal")
    store.close()


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])
def test_a_store_on_a_network_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    share = tmp_path / "share"
    (share / "deep").mkdir(parents=True)
    mounts = [SimpleNamespace(mountpoint="/", fstype="ext4"), SimpleNamespace(mountpoint=str(share), fstype=kind)]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: mounts)
    (tmp_path / "link").symlink_to(share)
    for folder in (share, share / "deep", tmp_path / "link"):
        with pytest.raises(UsageError, match="network share"):
            open_store(str(folder / "kho.db"))
    assert not list(share.rglob("*.db"))
    assert parse_address(str(tmp_path / "kho.db")).is_sqlite
    assert parse_address("postgresql:///kho", share).files == share


def test_the_doctor_looks_at_a_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = str(tmp_path / "kho.db")
    store = open_store(address)
    one = save_report(store, *seed_scan())
    decide(store, NewDecision("a", one, "III.6.4/value", "misread", "lan", {"state": "read", "number": "7"}))

    def look() -> dict[str, str]:
        found = check_store(store)
        return {health.name: health.found for health in found if health.advice and health.name != "free disk"}

    assert look() == {}
    next(path for path in store.files.rglob("*") if path.is_file()).write_bytes(b"cut")
    with store.write() as connection:
        connection.execute(sql("DROP TRIGGER decision_no_update"))
        connection.execute(sql("UPDATE decision SET why = 'another'"))
    assert look().keys() == {"decisions", "originals"}
    store.close()
    assert main(["doctor", "--store", address, "--json"]) == 1
    assert "decision 1 was changed" in capsys.readouterr().out
    assert main(["upgrade", "--store", address, "--to", "0001"]) == 0
    again = open_for_upgrade(address)
    assert [health.advice != "" for health in check_store(again)] == [True]
    again.close()
