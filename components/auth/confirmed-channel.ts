/** Between the window that comes back from the identity provider and the page that waits for it; nothing secret is on it. */
export const confirmedChannel = 'jackfield-confirmed'
