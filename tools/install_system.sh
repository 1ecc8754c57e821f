#!/usr/bin/env bash
# Tesseract with Vietnamese, and what the tests use (Chromium, PostgreSQL 15): installed through apt where they are
# missing and we are root, else said how to.
set -euo pipefail

missing=()
{ command -v tesseract >/dev/null && tesseract --list-langs 2>/dev/null | grep -qx vie; } ||
  missing+=(tesseract-ocr tesseract-ocr-vie)
command -v chromium >/dev/null || missing+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)

if [ ${#missing[@]} = 0 ]; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]} ..." >&2
  export DEBIAN_FRONTEND=noninteractive
  install_them() { apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; }
  install_them || { apt-get update -qq && install_them; } ||
    echo "${missing[*]} could not be installed; going on without: see below for what that means" >&2
fi
if [ "$(id -u)" != 0 ]; then
  cat >&2 <<SAY
Missing: ${missing[*]}
Without Tesseract fewer readers agree and more cells go to review; without Chromium and PostgreSQL the tests of the
review pages and of the server database are skipped. To add them, ask an administrator to run:
  apt-get install --no-install-recommends ${missing[*]}
SAY
fi
