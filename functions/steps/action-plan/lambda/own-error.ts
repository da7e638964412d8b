const LONGEST_MESSAGE = 1_000

/** Names of errors that the platform gives a meaning of its own, by which a step would be tried again. */
const PLATFORM = /^(Lambda|States|Sandbox|Runtime|Extension)\./

/** The function's error under its own name, where that is one. */
export function ownError({ type, message }: { type: string; message: string }): Error {
  const text = message.slice(0, LONGEST_MESSAGE)
  if (/^[A-Za-z_]\w{0,127}$/.test(type) && type !== 'ActionUnavailable') {
    return Object.assign(new Error(text), { name: type })
  }
  const name = PLATFORM.test(type) ? `${type.slice(0, 100)}: ` : ''
  return Object.assign(new Error(`${name}${text}`), { name: 'FunctionFailed' })
}
