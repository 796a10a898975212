import { AuthFrame } from './auth-frame.tsx'

/** Somebody opened the page without the link: only who can see the server's output may become its owner. */
export const SetupLinkMissing = () => (
  <AuthFrame title="Open the set-up link" lead="Nobody has an account here yet.">
    <p>
      When Jackfield starts, it prints a link that ends in <code>/setup?token=…</code>. Open that link to create the
      owner account. It works once and for one hour; restart Jackfield to get a new one.
    </p>
  </AuthFrame>
)
