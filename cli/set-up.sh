#!/bin/sh
# Installs what package-lock.json names, where that is not done yet, and builds the page. `set-up.sh run` leaves out what
# only developing needs, such as a browser, where it is not there yet: the first `npm start` need not wait for it.
set -e
lock=node_modules/.package-lock.json

is_installed() {
  test -f $lock && test -e node_modules/standdown-local && test -e node_modules/standdown-console || return 1
  test package-lock.json -nt $lock && return 1
  test "$1" = run || test -e node_modules/vitest
}

if ! is_installed "$1"; then
  omit=
  if test "$1" = run && ! test -e node_modules/vitest; then omit=--omit=dev; fi
  npm ci --no-audit --no-fund --loglevel=error $omit
fi
node cli/node-version.cjs
node cli/console/build.ts
