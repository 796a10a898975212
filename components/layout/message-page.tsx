import { Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Logo } from './logo.tsx'

interface MessagePageProps {
  title: string
  children: ReactNode
  actions: ReactNode
}

/** A page that has only one thing to say. Without a sheet of its own: every page would load that and hardly one use it. */
export const MessagePage = ({ title, children, actions }: MessagePageProps) => (
  <Stack align="center" justify="center" gap="xs" mih="78dvh" px="lg" py="xl" ta="center">
    <Logo size={34} />
    <Text component="h1" mt="md" inherit>
      {title}
    </Text>
    <Text maw="30rem" c="var(--jf-dim)" inherit>
      {children}
    </Text>
    <Group gap="xs" mt="md" justify="center">
      {actions}
    </Group>
  </Stack>
)
