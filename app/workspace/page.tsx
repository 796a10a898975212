import { redirect } from 'next/navigation'

/** The list of connections is the home page. */
export default function WorkspacePage() {
  redirect('/workspace/connections')
}
