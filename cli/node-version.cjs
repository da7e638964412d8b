// Plain CommonJS: a Node that is too old for the rest must be able to read it, and to say so.
const { engines } = require('../package.json')

const wanted = engines.node.replace('>=', '')
const numbers = (version) => version.split('.').map(Number)
const [major, minor = 0] = numbers(wanted)
const [ownMajor, ownMinor] = numbers(process.versions.node)

if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(
    `standdown: needs Node ${wanted} or newer, and this is ${process.versions.node}; install a newer one (https://nodejs.org)`,
  )
  process.exit(1)
}
