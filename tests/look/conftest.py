"""Stores of both kinds, as the store's own tests have them."""

from tests.store.conftest import store

__all__ = ["store"]
