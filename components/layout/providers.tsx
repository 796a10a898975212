'use client'
import { MantineProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import { cssVariables, theme } from './theme.ts'
import { Toasts } from './toasts.tsx'
import './popstate.ts'

/** The library's context for the whole page; `nonce` lets its style elements pass the content security policy. */
export const Providers = ({ nonce, children }: { nonce: string | undefined; children: ReactNode }) => (
  <MantineProvider
    theme={theme}
    cssVariablesResolver={cssVariables}
    defaultColorScheme="auto"
    {...(nonce !== undefined && { getStyleNonce: () => nonce })}
  >
    {children}
    <Toasts />
  </MantineProvider>
)
