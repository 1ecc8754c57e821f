#!/usr/bin/env bash
# pyproject.toml -> requirements.txt: every version pinned with its hashes, no address of any index in it.
set -euo pipefail
bin=${1:-.venv/bin}
env -u PIP_FIND_LINKS -u UV_FIND_LINKS "$bin/uv" pip compile pyproject.toml --extra test --extra export --extra review --extra postgres --extra cluster \
  --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
  --quiet -o requirements.txt
if grep -nE '^--|://' requirements.txt; then
  echo "requirements.txt names an address" >&2
  exit 1
fi
