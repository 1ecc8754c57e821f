#!/usr/bin/env bash
# Tesseract with Vietnamese, and what the tests use (Chromium, PostgreSQL 15): installed through apt where they are
# missing and we are root, else said how to.
set -euo pipefail
. "$(dirname "$0")/apt.sh"

missing=()
{ command -v tesseract >/dev/null && tesseract --list-langs 2>/dev/null | grep -qx vie; } ||
  missing+=(tesseract-ocr tesseract-ocr-vie)
command -v chromium >/dev/null || missing+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)

if [ ${#missing[@]} = 0 ]; then
  exit 0
fi
if can_install; then
  install_packages "going on without" "${missing[@]}"
fi
if [ "$(id -u)" != 0 ]; then
  cat >&2 <<SAY
Missing: ${missing[*]}
Without Tesseract fewer readers agree and more cells go to review; without Chromium and PostgreSQL the tests of the
review pages and of the server database are skipped. To add them, ask an administrator to run:
  apt-get install --no-install-recommends ${missing[*]}
SAY
fi
