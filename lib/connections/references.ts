/** What others need of connections: the rule by which a name leads to one, and to whom it is there. */
export { bindReferences, holdNamed, holdNames } from './naming-store.ts'
export { openFor, type Viewer } from './store.ts'
