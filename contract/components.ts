import * as answers from '#core/api/answers.ts'
import * as parts from '#core/api/parts.ts'
import { notification } from '#core/notifications/schemas.ts'
import * as gelato from '#functions/doors/gelato/answers.ts'
import * as ironic from '#functions/doors/ironic/answers.ts'
import { link } from '#functions/doors/openstack/answers.ts'
import { openStackFault } from '#functions/doors/openstack/error-envelope.ts'
import { json } from '#functions/doors/openstack/json.ts'
import * as watcher from '#functions/doors/watcher/answers.ts'

/** The shapes that have a name of their own in the document. */
export const COMPONENTS = {
  AbortAnswer: answers.abortJobAnswer,
  AbortManyItem: answers.abortJobsItem,
  AbortPlan: answers.abortPlan,
  AbortRequest: parts.abortRequest,
  Action: watcher.actionView,
  ActionPlan: watcher.planView,
  CleanUpRun: parts.cleanUpRun,
  Definition: answers.definition,
  DefinitionState: answers.definitionState,
  Fault: parts.fault,
  Json: json,
  Job: answers.jobView,
  Link: link,
  ListedJob: answers.listedJob,
  ListedTemplate: answers.listedTemplate,
  Migration: gelato.migrationView,
  Node: ironic.nodeView,
  NodeStates: ironic.nodeStates,
  Notification: notification,
  OpenStackFault: openStackFault,
  Problem: answers.problem,
  Progress: parts.progress,
  SomeOfNode: ironic.someOfNode,
  Step: answers.stepView,
  StepWithValues: answers.stepWithValues,
  Template: answers.templateView,
}
