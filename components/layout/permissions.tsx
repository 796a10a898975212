'use client'
import { createContext, type ReactNode, useContext } from 'react'
import type { Permission } from '#lib/auth/permissions'

const PermissionsContext = createContext<readonly Permission[]>([])

/** What the person may do, for the controls of a page; the server decides again on every call. */
export const PermissionsProvider = ({ value, children }: { value: readonly Permission[]; children: ReactNode }) => (
  <PermissionsContext value={value}>{children}</PermissionsContext>
)

export const usePermissions = (): readonly Permission[] => useContext(PermissionsContext)

/** Shows its children to those who may, the fallback to the others. */
export const Allowed = ({ to, otherwise, children }: { to: Permission; otherwise?: ReactNode; children: ReactNode }) =>
  usePermissions().includes(to) ? children : otherwise
