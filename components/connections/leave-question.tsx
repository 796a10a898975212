'use client'
import { Button, Group, Modal, Text } from '@mantine/core'

interface LeaveQuestionProps {
  isOpen: boolean
  onStay: () => void
  onLeave: () => void
}

/** Asked before unsaved edits are dropped. */
export const LeaveQuestion = ({ isOpen, onStay, onLeave }: LeaveQuestionProps) => (
  <Modal opened={isOpen} onClose={onStay} title="Leave without saving?" size="sm" centered>
    <Text size="sm">Your edits are not saved and will be lost.</Text>
    <Group justify="flex-end" mt="lg">
      <Button variant="default" onClick={onStay} data-autofocus>
        Keep editing
      </Button>
      <Button color="red.8" onClick={onLeave}>
        Discard edits
      </Button>
    </Group>
  </Modal>
)
