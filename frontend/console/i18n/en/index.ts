import { admin } from './admin'
import { calls } from './calls'
import { customers } from './customers'
import { knowledge } from './knowledge'
import { queue } from './queue'
import { settings } from './settings'
import { shell } from './shell'

export const en = { ...shell, ...queue, ...customers, ...calls, ...admin, ...knowledge, ...settings }
