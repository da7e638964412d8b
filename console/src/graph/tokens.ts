import {
  colorBackgroundContainerContent,
  colorBackgroundLayoutMain,
  colorBorderDividerDefault,
  colorBorderStatusError,
  colorBorderStatusInfo,
  colorBorderStatusSuccess,
  colorBorderStatusWarning,
  colorTextBodyDefault,
  colorTextBodySecondary,
  colorTextStatusInfo,
  colorTextStatusWarning,
} from '@cloudscape-design/design-tokens'
import type { CSSProperties } from 'react'

/** Cloudscape's colours for what it has no component for, by the names that our style sheets know. */
export const GRAPH_COLOURS = {
  '--card': colorBackgroundContainerContent,
  '--ground': colorBackgroundLayoutMain,
  '--rim': colorBorderDividerDefault,
  '--ink': colorTextBodyDefault,
  '--quiet': colorTextBodySecondary,
  '--line': colorTextBodySecondary,
  '--back': colorTextStatusWarning,
  '--fill': colorTextStatusInfo,
  '--ongoing': colorBorderStatusInfo,
  '--succeeded': colorBorderStatusSuccess,
  '--failed': colorBorderStatusError,
  '--cancelling': colorBorderStatusWarning,
} as CSSProperties
