/** The same port with some of its calls replaced. */
export const withCalls = <Port extends object>(port: Port, own: Partial<Port>): Port =>
  Object.assign(Object.create(port) as Port, own)
