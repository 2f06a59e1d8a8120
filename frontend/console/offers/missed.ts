/** Said until the person answers it: offers were missed, and the server takes them for away. */
import { createStore } from '../../shared/store'

export const missedOffers = createStore(false)
