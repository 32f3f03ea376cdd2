# Sourced by bin/serve and bin/test: messages, system packages, the virtual environment. Defines functions only.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
python=$venv/bin/python

say() { printf '%s\n' "$*"; }
die() {
  printf '\nLỖI: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '     %s\n' "$line" >&2; done
  exit 1
}

# --- system packages -----------------------------------------------------------------------------------------------

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The version of a Debian package, without its epoch; nothing when it is not installed.
package_version() { installed "$1" && dpkg-query -W -f='${Version}' "$1" | sed 's/^[0-9]*://'; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "Cần quyền quản trị để cài gói hệ thống." "Hãy chạy lại bằng root, hoặc nhờ người quản trị chạy:" "  $*"
  fi
}

apt_updated=
apt_lists() {
  [ -n "$apt_updated" ] && return 0
  as_root apt-get update -qq || die "Không tải được danh sách gói (apt-get update). Hãy kiểm tra mạng rồi chạy lại."
  apt_updated=1
}

# Installs those of the named packages that are missing. "a|b" means: the first one that this system offers.
need_packages() {
  local spec name chosen missing=()
  if ! command -v dpkg-query >/dev/null; then
    say "Chú ý: máy này không dùng gói Debian/Ubuntu; cần tự có: $*"
    return 0
  fi
  for spec in "$@"; do
    chosen=
    for name in ${spec//|/ }; do installed "$name" && chosen=yes; done
    [ -n "$chosen" ] || missing+=("$spec")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  apt_lists
  local wanted=()
  for spec in "${missing[@]}"; do
    chosen=
    for name in ${spec//|/ }; do
      if apt-cache show "$name" >/dev/null 2>&1; then chosen=$name; break; fi
    done
    [ -n "$chosen" ] || die "Kho gói của máy này không có ${spec//|/ hay }."
    wanted+=("$chosen")
  done
  say "Cài gói hệ thống còn thiếu: ${wanted[*]}"
  local output
  output=$(as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" \
    2>&1 >/dev/null) || die "apt-get không cài được: ${wanted[*]}" "$output"
}

# Liberation 1.x has no Vietnamese letters with two marks; from 2.0 on it has. Debian 12 ships both, newer systems one.
need_fonts() {
  local version
  if ! command -v dpkg-query >/dev/null || installed fonts-liberation2; then return 0; fi
  version=$(package_version fonts-liberation)
  if [ -n "$version" ] && dpkg --compare-versions "$version" ge 2; then return 0; fi
  apt_lists
  if apt-cache show fonts-liberation2 >/dev/null 2>&1; then need_packages fonts-liberation2
  else need_packages fonts-liberation
  fi
}

# What WeasyPrint loads at run time, and letters for Vietnamese documents.
need_print_libraries() {
  need_packages libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 libfontconfig1 fontconfig
  need_fonts
}

# --- Python --------------------------------------------------------------------------------------------------------

suitable() { "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
complete() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# Prints the path of a Python from 3.11 on that can make environments. A pyenv shim of a version that is not switched
# on fails when run, so each candidate is run and asked for its real path.
find_python() {
  local name path first=
  for name in python3 python3.13 python3.12 python3.11 python3.14 /usr/bin/python3; do
    command -v "$name" >/dev/null && suitable "$name" || continue
    path=$("$name" -c 'import sys; print(getattr(sys, "_base_executable", "") or sys.executable)')
    [ -n "$first" ] || first=$path
    if complete "$path"; then say "$path"; return 0; fi
  done
  [ -n "$first" ] && say "$first"
}

make_venv() {
  local base version
  base=$(find_python)
  if [ -z "$base" ]; then
    need_packages python3 python3-venv
    base=$(find_python)
    [ -n "$base" ] || die "Cần Python 3.11 trở lên; máy này chỉ có $(python3 --version 2>&1)." \
      "Hãy cài Python 3.11 (Debian 12, Ubuntu 24.04 trở lên có sẵn) rồi chạy lại."
  fi
  if ! complete "$base"; then
    version=$("$base" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    need_packages "python$version-venv|python3-venv"
    complete "$base" || die "Python $version ($base) thiếu ensurepip/venv. Hãy cài gói python$version-venv."
  fi
  say "Tạo môi trường Python trong .venv"
  "$base" -m venv --clear "$venv" || die "Không tạo được .venv bằng $base."
}

# A working .venv with exactly what requirements.txt names. Nothing is installed while neither that file nor the
# Python version has changed since the last time. Two commands started together wait for one another.
need_venv() {
  unset VIRTUAL_ENV PYTHONHOME
  local stamp=$venv/.installed wanted
  mkdir -p "$root/var"
  exec 9>"$root/var/.setup.lock"
  flock 9
  if ! { [ -x "$python" ] && suitable "$python" && "$python" -m pip --version >/dev/null 2>&1; }; then make_venv; fi
  wanted="$(sha256sum <"$root/requirements.txt" | cut -d' ' -f1) $("$python" -c 'import sys; print(sys.version)' | tr -d '\n')"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "Cài thư viện Python theo requirements.txt (lần đầu mất vài phút)"
    "$python" -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$root/requirements.txt" ||
      die "Không cài được thư viện Python. Xem thông báo của pip ở trên; hãy kiểm tra mạng rồi chạy lại."
    printf '%s' "$wanted" >"$stamp"
  fi
  exec 9>&-
}

# Runs a command that the kernel ends when this script dies in any way, Ctrl-C of the terminal not reaching it.
bound() {
  if command -v setpriv >/dev/null; then exec setsid setpriv --pdeathsig TERM -- "$@"; else exec setsid "$@"; fi
}
