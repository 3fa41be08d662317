# shellcheck shell=bash
# What the commands of build-aux share once they are inside the environment.

say() { printf 'granary: %s\n' "$*" >&2; }

# What one clone compiled serves another one, whatever folder that is in.
export CCACHE_NOHASHDIR=1

# quietly COMMAND…: shows what it said only if it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ $status = 0 ] || tail -n 60 "$log" >&2
  rm -f "$log"
  return $status
}

# configure FOLDER [OPTION…]: once; later runs reconfigure themselves when a meson.build changed.
# Warnings are errors with the compiler that the project is developed with, except under sanitizers,
# whose added code makes it warn of what is not there.
configure() {
  local folder=$1
  shift
  [ -f "$folder/build.ninja" ] && return
  say "configuring $folder"
  rm -rf "$folder"
  case " $* " in
    *' -Db_sanitize='*) ;;
    *) if grep -q '^VERSION_CODENAME=trixie' /etc/os-release 2>/dev/null; then set -- --werror "$@"; fi ;;
  esac
  quietly meson setup "$folder" "$@"
}

# build FOLDER [TARGET…]
build() {
  local folder=$1
  shift
  say "building $folder"
  quietly ninja -C "$folder" "$@"
}

# The build tree in place of an installation: settings, icons, translations.
use_build_tree() {
  export GSETTINGS_SCHEMA_DIR="$here/_build/data" GRANARY_LOCALEDIR="$here/_build/po" \
    XDG_DATA_DIRS="$here/data:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}"
}
