#!/usr/bin/env bash
# Tesseract 5 with Vietnamese: installed through apt where it is missing and we are root, else said how to.
set -euo pipefail

has_vietnamese() {
  command -v tesseract >/dev/null && tesseract --list-langs 2>/dev/null | grep -qx vie
}

if has_vietnamese; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing tesseract-ocr with Vietnamese ..." >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y -qq tesseract-ocr tesseract-ocr-vie >/dev/null 2>&1 ||
    { apt-get update -qq && apt-get install -y -qq tesseract-ocr tesseract-ocr-vie >/dev/null; } ||
    echo "Tesseract could not be installed; going on without it (fewer readers, more cells to review)" >&2
else
  cat >&2 <<'SAY'
Tesseract with Vietnamese is missing. The tests run without it, but fewer readers agree and more cells go to review.
To add it, ask an administrator to run:  apt-get install tesseract-ocr tesseract-ocr-vie
SAY
fi
