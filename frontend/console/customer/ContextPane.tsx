import type { Detail } from '../api/types'
import { CallBackButton } from '../calls/CallBackButton'
import { EarlierViews } from '../cobrowse/EarlierViews'
import { CustomerCard } from './CustomerCard'
import { Devices } from './Devices'
import { Suggestions } from './Suggestions'
import { Timeline } from './Timeline'

/** Who the customer is, what may help, and what was before. */
export function ContextPane({ detail }: { detail: Detail }) {
  return (
    <div className="context-scroll">
      <CustomerCard customer={detail.customer} interaction={detail.row.id} />
      <CallBackButton detail={detail} />
      <Devices customer={detail.customer.id} />
      <Suggestions id={detail.row.id} canInsert={detail.may.reply === true} />
      <EarlierViews interaction={detail.row.id} />
      <Timeline customer={detail.customer.id} current={detail.row.id} />
    </div>
  )
}
