# Finds or installs what Mote needs. Sourced by ./mote, scripts/maven and the Makefile; runs in bash 3.2 and later.
#
#   find_jdk               sets JAVA_HOME to a JDK of version 25 or later, or stops with instructions
#   need arm riscv qemu …  installs the missing tool groups (see missing_packages), or stops with instructions

mote_say() { printf 'mote: %s\n' "$*" >&2; }

mote_stop() {
  printf 'mote: %s\n' "$*" >&2
  exit 1
}

# ---- Java -----------------------------------------------------------------------------------------

MOTE_JAVA=25

# Major version of the JDK in folder $1, or 0 when it has no compiler.
jdk_version() {
  local version=''
  [ -x "$1/bin/javac" ] || { echo 0; return; }
  if [ -r "$1/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" | head -n 1)
  fi
  [ -n "$version" ] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p' | head -n 1)
  echo "${version:-0}"
}

# The JDK to which the `javac` on the PATH belongs, all links followed; nothing when there is none.
jdk_on_path() {
  local program target
  program=$(command -v javac) || return 0
  while [ -L "$program" ]; do
    target=$(readlink "$program")
    case "$target" in
      /*) program=$target ;;
      *) program=$(dirname "$program")/$target ;;
    esac
  done
  (cd "$(dirname "$program")/.." && pwd -P)
}

jdk_candidates() {
  [ -z "${JAVA_HOME:-}" ] || printf '%s\n' "$JAVA_HOME"
  jdk_on_path
  local folder
  for folder in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* \
    "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    [ ! -d "$folder" ] || printf '%s\n' "$folder"
  done
  [ ! -x /usr/libexec/java_home ] || /usr/libexec/java_home -v "$MOTE_JAVA" 2>/dev/null || true
}

use_newest_candidate() {
  local folder version
  while IFS= read -r folder; do
    version=$(jdk_version "$folder")
    if [ "$version" -ge "$MOTE_JAVA" ]; then
      export JAVA_HOME="$folder"
      return 0
    fi
  done <<CANDIDATES
$(jdk_candidates)
CANDIDATES
  return 1
}

find_jdk() {
  use_newest_candidate && return 0
  if can_apt && [ -n "$(apt-cache search --names-only "^openjdk-$MOTE_JAVA-jdk-headless\$" 2>/dev/null)" ]; then
    apt_install "openjdk-$MOTE_JAVA-jdk-headless"
    use_newest_candidate && return 0
  fi
  mote_stop "needs a JDK of version $MOTE_JAVA or later, and found none (JAVA_HOME, PATH, /usr/lib/jvm, SDKMAN, macOS).
  Fix: install one, for instance
    Debian, Ubuntu   apt-get install openjdk-$MOTE_JAVA-jdk-headless   (or Temurin $MOTE_JAVA from https://adoptium.net)
    macOS            brew install openjdk@$MOTE_JAVA
    anywhere         sdk install java $MOTE_JAVA-tem   (https://sdkman.io)
  or set JAVA_HOME to one that you have."
}

# ---- tools ----------------------------------------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1; }

# Whether GNU compiler $1 finds header $3 with flags $2.
has_header() { has "$1" && printf '#include <%s>\n' "$3" | "$1" $2 -xc -fsyntax-only - >/dev/null 2>&1; }

# Whether clang has its libraries for sanitizers.
has_sanitizers() {
  compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/*/libclang_rt.asan*.a' >/dev/null ||
    compgen -G '/usr/lib*/clang/*/lib/*/libclang_rt.asan*' >/dev/null || [ "$(uname)" = Darwin ]
}

has_clang() {
  local name
  for name in clang clang-22 clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14; do
    ! has "$name" || return 0
  done
  return 1
}

# Whether there is a clang with the linker for WebAssembly of its version.
has_wasm() {
  local suffix
  for suffix in '' -22 -21 -20 -19 -18 -17 -16 -15 -14; do
    ! has "clang$suffix" || ! has "wasm-ld$suffix" || return 0
  done
  return 1
}

has_browser() { has chromium || has chromium-browser || has google-chrome; }

# Debian packages that are missing for tool group $1, on one line.
missing_packages() {
  case "$1" in
    host)
      has gcc || echo gcc
      printf '#include <stdio.h>\n' | gcc -xc -fsyntax-only - >/dev/null 2>&1 || echo libc6-dev
      ;;
    arm)
      has arm-none-eabi-gcc || echo gcc-arm-none-eabi
      has_header arm-none-eabi-gcc '' math.h || echo libnewlib-arm-none-eabi
      echo '#include <cstddef>' | arm-none-eabi-g++ -xc++ -fsyntax-only - 2>/dev/null || echo libstdc++-arm-none-eabi-newlib
      ;;
    riscv)
      has riscv64-unknown-elf-gcc || echo gcc-riscv64-unknown-elf
      has_header riscv64-unknown-elf-gcc '--specs=picolibc.specs' math.h || echo picolibc-riscv64-unknown-elf
      ;;
    qemu)
      has qemu-system-arm || echo qemu-system-arm
      has qemu-system-riscv32 || first_available qemu-system-riscv qemu-system-misc
      ;;
    clang)
      has_clang || first_available clang-19 clang
      has_sanitizers || first_available libclang-rt-19-dev
      ;;
    wasm)
      has_wasm || { first_available clang-19 clang; first_available lld-19 lld; }
      ;;
    mbedtls) has_header gcc '' mbedtls/ecdsa.h || echo libmbedtls-dev ;;
    device) ! has apt-get || has dpkg-source || echo dpkg-dev ;;
    crypto)
      ! has apt-get || has dpkg-source || echo dpkg-dev
      has npm || echo npm
      ;;
    web) has npm || echo npm ;;
    browser) has_browser || first_available chromium chromium-browser ;;
    libcoap) has_header gcc '' coap3/coap.h || echo libcoap3-dev ;;
    wakaama) has npm || echo npm ;;
    onnx) [ -d /usr/share/libonnx-testdata/data/node ] || echo libonnx-testdata ;;
    fashion-mnist)
      [ -r /usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz ] || echo dataset-fashion-mnist
      ;;
    *) mote_stop "scripts/setup.sh knows no tool group '$1'" ;;
  esac | tr '\n' ' '
}

# The first of the given packages that this release of the distribution has; the last one if none.
first_available() {
  while [ $# -gt 1 ]; do
    if has apt-cache && [ -n "$(apt-cache search --names-only "^$1\$" 2>/dev/null)" ]; then
      break
    fi
    shift
  done
  echo "$1"
}

# What to type elsewhere for tool group $1.
instructions() {
  case "$1" in
    host) echo "  a C compiler            Fedora: dnf install gcc              macOS: xcode-select --install" ;;
    arm) echo "  Arm cross compiler      Fedora: dnf install arm-none-eabi-gcc-cs arm-none-eabi-newlib   macOS: brew install --cask gcc-arm-embedded" ;;
    riscv) echo "  RISC-V cross compiler   riscv64-unknown-elf-gcc with picolibc (Debian packages gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf)" ;;
    qemu) echo "  QEMU                    Fedora: dnf install qemu-system-arm qemu-system-riscv   macOS: brew install qemu" ;;
    clang) echo "  clang                   Fedora: dnf install clang            macOS: xcode-select --install" ;;
    mbedtls) echo "  Mbed TLS 2.28           Fedora: dnf install mbedtls-devel    macOS: brew install mbedtls@2" ;;
    device) echo "  sources of Mbed TLS     dpkg-dev fetches them; elsewhere see device/port/README.md" ;;
    crypto) echo "  sources for devices     dpkg-dev and npm fetch them; elsewhere see device/port/README.md" ;;
    web) echo "  npm                     Fedora: dnf install nodejs-npm       macOS: brew install node" ;;
    browser) echo "  Chromium                Fedora: dnf install chromium         macOS: brew install --cask chromium" ;;
    wakaama) echo "  sources of Wakaama      npm fetches them; elsewhere see device/port/README.md" ;;
    libcoap) echo "  libcoap 4.3             Fedora: dnf install libcoap-devel        macOS: brew install libcoap" ;;
    onnx) echo "  ONNX's test cases       in /usr/share/libonnx-testdata/data (Debian package libonnx-testdata)" ;;
    fashion-mnist) echo "  Fashion-MNIST           the IDX files in /usr/share/datasets/fashion-mnist (Debian package dataset-fashion-mnist)" ;;
  esac
}

# Root, or root's rights without a question.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_apt() {
  has apt-get && { [ "$(id -u)" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }
}

# Installs the given Debian packages; another program may hold apt's lock for a while.
apt_install() {
  local log
  log=$(mktemp)
  mote_say "installing $* (apt-get) …"
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update </dev/null >"$log" 2>&1; then
    mote_say "apt-get update had problems; going on with the lists at hand"
  fi
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "$@" </dev/null >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    mote_stop "apt-get install $* failed (output above)"
  fi
  rm -f "$log"
}

need() {
  local group packages='' absent='' missing
  for group in "$@"; do
    missing=$(missing_packages "$group")
    [ -z "$missing" ] || { packages="$packages $missing" && absent="$absent $group"; }
  done
  [ -n "$absent" ] || return 0
  if can_apt; then
    # Word splitting is wanted: one argument for each package.
    # shellcheck disable=SC2086
    apt_install $packages
    return 0
  fi
  mote_say "these tools are missing:"
  for group in $absent; do
    instructions "$group" >&2
  done
  mote_stop "on Debian or Ubuntu: sudo apt-get install$packages"
}

# Fetches the sources of cryptographic libraries for devices. What needs them is left out where they cannot be had.
fetch_crypto() {
  local library
  for library in mbedtls sodium pqclean lwip; do
    "$(dirname "${BASH_SOURCE[0]}")/sources" "$library" >/dev/null || mote_say "going on without $library for devices"
  done
}

# Like need, but goes on where nothing can be installed.
may_need() {
  ! can_apt || need "$@"
}
