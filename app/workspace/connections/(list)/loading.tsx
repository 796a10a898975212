import { ListSkeleton } from '#components/connections/list/list-skeleton'

export default ListSkeleton
