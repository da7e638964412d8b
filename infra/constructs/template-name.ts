const TEMPLATE_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/

/** @throws Error where no job could be started by this name */
export function refuseName(name: string): void {
  if (TEMPLATE_NAME.test(name)) return
  throw new Error(`the template name ${name} is not of 1 to 63 characters of a-z, 0-9 and -`)
}
