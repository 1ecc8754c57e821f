#!/usr/bin/env bash
# The fonts that reports are drawn with for measurements and calibration: with fewer, the same seed makes other reports.
set -euo pipefail
. "$(dirname "$0")/apt.sh"

packages=$(sed -n '/^PACKAGES = (/,/^)/p' fixtures/generator/fonts.py | grep -o 'fonts-[a-z0-9-]*' | sort -u)
missing=()
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
  exit 0
fi
if can_install; then
  install_packages "other reports are made than with them" "${missing[@]}"
else
  echo "other reports are made than with all fonts; to add them: apt-get install ${missing[*]}" >&2
fi
