import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Chromium, { inflate, setupLambdaEnvironment } from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** A Chromium that npm brought along; `CHROMIUM_PATH` names another one. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH || (await Chromium.executablePath())
  const options = { executablePath, args: ['--no-sandbox'] }
  try {
    return await chromium.launch(options)
  } catch {
    // A machine without a desktop lacks libraries that the package has, too.
    const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))))
    const libraries = await inflate(join(packageFolder, 'bin', 'al2023.tar.br'))
    setupLambdaEnvironment(join(libraries, 'lib'))
    return chromium.launch(options)
  }
}
