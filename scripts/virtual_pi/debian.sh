# shellcheck shell=bash disable=SC2016 # apt itself fills in $(REPO_URI)
# Sourced by the scripts that build Debian trees: what they need of this system, where its apt gets Debian from,
# and how a tree is made. `tree_name` is what messages call the tree.

cannot() { # cannot WHY: ends the script that cannot build its tree here
  echo "${tree_name:?}: not built: $1" >&2
  exit 3
}

need_root() { # need_root WHAT_FOR
  [ "$(id -u)" = 0 ] || cannot "it needs root ($1); run it as root or in a container"
}

need_namespaces() {
  unshare -m true 2>/dev/null || cannot "this container may not make mount namespaces"
}

need() { # need TOOL [PACKAGE]
  command -v "$1" >/dev/null || cannot "$1 is not installed (apt install ${2:-$1})"
}

find_debian() { # sets debian, what stands between "deb" and the suite: the keys, and the mirror apt itself uses
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg mirror
  [ -f "$keyring" ] || cannot "Debian's archive keys are missing (apt install debian-archive-keyring)"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null | head -n1)
  [ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n1)
  [ -n "$mirror" ] || cannot "apt knows no Debian mirror (run apt-get update first)"
  debian="[signed-by=$keyring] $mirror"
}

debian_tree() { # debian_tree SUITE FOLDER SOURCE... -- OPTION...: of mmdebstrap; no manuals, no recommendations
  local suite=$1 folder=$2 sources=()
  shift 2
  while [ "$1" != -- ]; do
    sources+=("deb $debian $1")
    shift
  done
  mmdebstrap --quiet --aptopt='APT::Install-Recommends "false"' --aptopt='APT::Sandbox::User "root"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "${@:2}" "$suite" "$folder" "${sources[@]}"
}

joined() { # joined WORD...: with commas between
  local IFS=,
  echo "$*"
}

online() { # online TREE: pip inside reaches the index the way pip outside does: same name servers and authorities
  cp -L /etc/resolv.conf "$1/etc/resolv.conf"
  cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/ca-certificates.crt"
}

recipe_of() { # recipe_of FILE...: a sum that changes when what a tree is made from does
  cat "$@" "${BASH_SOURCE[0]}" | sha256sum | cut -d' ' -f1
}

built_from() { # built_from TREE RECIPE: whether the tree is there and made from this; says so
  [ -f "$1/opt/mirror/built-from" ] && [ "$(cat "$1/opt/mirror/built-from")" = "$2" ] || return 1
  echo "$tree_name: already built in $1"
}

put_in_place() { # put_in_place NEW TREE RECIPE
  echo "$3" >"$1/opt/mirror/built-from"
  rm -rf --one-file-system "$2"
  mv "$1" "$2"
  echo "$tree_name: built in $2 ($(du -sh "$2" 2>/dev/null | cut -f1))"
}
