import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Notification } from '#core/notifications/schemas.ts'
import { Json } from '../../job/json.tsx'
import { type NotificationType, sampleOf } from './types.ts'

type Props = { types: readonly NotificationType[]; seen: readonly Notification[] }

/** Of each type: when it is sent, the pattern of a rule that it matches, and one of it. */
export const TypesList = ({ types, seen }: Props) => (
  <Container>
    {types.map((each) => (
      <ExpandableSection key={each.type} headerText={each.type} headerDescription={each.summary}>
        <SpaceBetween size="s">
          <Box variant="h4">A rule's event pattern</Box>
          <Json value={each.pattern} what={`the pattern of ${each.type}`} />
          <Box variant="h4">A sample of its detail</Box>
          <Json value={sampleOf(each, seen)} what={`a sample of ${each.type}`} />
        </SpaceBetween>
      </ExpandableSection>
    ))}
  </Container>
)
