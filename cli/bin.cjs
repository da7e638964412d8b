#!/usr/bin/env node
// Plain CommonJS, so that a Node that is too old says so instead of failing at the first type.
require('./node-version.cjs')
import('./standdown.ts')
