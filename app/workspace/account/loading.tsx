import { AccountLoading } from '#components/account/account-loading'

export default AccountLoading
