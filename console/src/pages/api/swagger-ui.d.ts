declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  type Options = { spec: object; domNode: HTMLElement; deepLinking: boolean; validatorUrl: null }
  export default function SwaggerUi(options: Options): unknown
}
