export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who may call. `iam`: whoever signs as a principal that may invoke the API; `openstack`: whoever has a token of the
 * Keystone that the stack names.
 */
export type Authorizer = 'iam' | 'openstack'

export type Route = { method: Method; path: `/${string}`; useCase: string }

/** By which function, named by its bundle, and for whom. */
type Served = { bundle: string; authorizer: Authorizer }

/** Its routes are API Gateway's own, each with a function; what is none of them gets the API's 404. */
export type RoutedDoor = { name: string; routes: readonly (Route & Served)[] }

/**
 * Everything below `base` is the door's, served by one function; paths are relative to `base`. Its handler also answers
 * unknown paths, wrong methods and trailing slashes, in the door's own words. What begins with the base twice is taken
 * for what begins with it once: OpenStack's clients put it before a `next` that has it already.
 */
export type BasedDoor = Served & { name: string; base: `/${string}`; routes: readonly Route[] }

/** One system's way to call us: a table that the stack and the handlers read alike. */
export type Door = RoutedDoor | BasedDoor

/** API Gateway's own word for whatever no other route matches. */
export const DEFAULT_ROUTE = '$default'

export type GatewayRoute = Served & { key: string; method: Method | 'ANY'; path: string }

/** The routes that API Gateway has to know for a door. */
export function gatewayRoutes(door: Door): GatewayRoute[] {
  if (!('base' in door)) {
    return door.routes.map(({ method, path, bundle, authorizer }) => ({
      key: `${method} ${path}`,
      method,
      path,
      bundle,
      authorizer,
    }))
  }
  const { base, bundle, authorizer } = door
  // `${base}/` needs none: API Gateway takes it for the base, and creates no key that ends in a slash.
  const paths = [base, `${base}/{proxy+}`]
  return paths.map((path) => ({ key: `ANY ${path}`, method: 'ANY', path, bundle, authorizer }))
}
