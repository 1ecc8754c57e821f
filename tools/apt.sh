# Sourced by the scripts that install system packages.

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# install_packages WHAT_IT_MEANS_WITHOUT PACKAGE...
install_packages() {
  local without=$1
  shift
  echo "installing $* ..." >&2
  export DEBIAN_FRONTEND=noninteractive
  install_them() { apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; }
  install_them "$@" || { apt-get update -qq && install_them "$@"; } || echo "$* could not be installed: $without" >&2
}
