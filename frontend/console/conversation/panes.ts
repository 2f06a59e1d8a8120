/** Whether the customer stands beside the conversation; kept for the next time. */
import { createStore } from '../../shared/store'

const KEY = 'console.customer-pane'

export const customerPane = createStore(localStorage.getItem(KEY) !== 'closed')
/** The same as a drawer on a narrow screen. */
export const customerDrawer = createStore(false)

export function toggleCustomerPane(): void {
  customerPane.update((open) => !open)
  localStorage.setItem(KEY, customerPane.getSnapshot() ? 'open' : 'closed')
}
