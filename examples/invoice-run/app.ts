import { App, Stack } from 'aws-cdk-lib'
import { JobControl } from 'standdown/cdk'
import { InvoiceRun } from './invoice-run.ts'

const app = new App()
const control = new JobControl(new Stack(app, 'Control'), 'JobControl')
new InvoiceRun(app, 'Invoices', { control })
app.synth()
