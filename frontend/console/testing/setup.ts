/** The screen that a file of tests has shown last goes with it, and its clocks too. */
import { afterAll } from 'vitest'
import { toasts } from '../ui/toast'
import { leave } from './page'

afterAll(async () => {
  await leave()
  toasts.set([])
})
