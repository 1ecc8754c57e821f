#!/usr/bin/env bash
# The fonts that reports are drawn with for measurements and calibration: with fewer, the same seed makes other reports.
set -euo pipefail

packages=$(sed -n '/^PACKAGES = (/,/^)/p' fixtures/generator/fonts.py | grep -o 'fonts-[a-z-]*' | sort -u)
missing=()
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]} ..." >&2
  export DEBIAN_FRONTEND=noninteractive
  install_them() { apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; }
  install_them || { apt-get update -qq && install_them; } ||
    echo "${missing[*]} could not be installed: other reports are made than with them" >&2
else
  echo "other reports are made than with all fonts; to add them: apt-get install ${missing[*]}" >&2
fi
