/** Stands in bundles for the SDK's endpoint discovery, which no command of DynamoDB's client uses any more. */
export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: false,
}
