"""Shipped data are found in a checkout and inside an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor import resources


def test_a_checkout_has_models_and_reference_beside_the_package() -> None:
    assert (resources.resource_path("reference") / "catalogues").is_dir()
    assert resources.resource_path("models").is_dir()


def test_an_installed_package_has_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "extractor" / "_data" / "reference"
    inside.mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "extractor")
    assert resources.resource_path("reference") == inside
