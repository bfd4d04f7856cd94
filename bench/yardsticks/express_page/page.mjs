// The conditions page from Express, nunjucks and govuk-frontend's own macros, on node:sqlite.
// `node page.mjs PORT`, with DATABASE and SECRET in the environment.

import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

import cookieParser from 'cookie-parser'
import express from 'express'
import helmet from 'helmet'
import nunjucks from 'nunjucks'

const { DATABASE, SECRET } = process.env
const IDLE = 15 * 60 * 1000
const NAMES = { 42: 'Essex' }
const beside = (name) => fileURLToPath(new URL(name, import.meta.url))

const database = new DatabaseSync(DATABASE)
for (const pragma of ['journal_mode=WAL', 'synchronous=FULL', 'foreign_keys=ON', 'busy_timeout=5000']) {
  database.exec(`PRAGMA ${pragma}`)
}
const findSession = database.prepare(
  'SELECT person_id, "force", seen_at, ends_at FROM sessions WHERE id_hash = ? AND revoked_at IS NULL'
)
const findCases = database.prepare(`
  SELECT cases.id, reference, regime, complete_by, conditions_version, officer_name, officer_phone, officer_email,
    readings.read_at
  FROM cases LEFT JOIN readings ON readings.case_id = cases.id AND readings.version = cases.conditions_version
  WHERE cases.offender_id = ? AND state = 'open' ORDER BY complete_by, cases.id`)
const findConditions = database.prepare(`
  SELECT conditions.id, case_id, kind, title, due_on, evidence, provider, hours, amount_pence, progress
  FROM conditions JOIN cases ON cases.id = conditions.case_id
  WHERE cases.offender_id = ? AND cases.state = 'open' AND NOT is_withdrawn ORDER BY due_on, position`)
const findAppointments = database.prepare(`
  SELECT id, case_id, kind, starts_at, ends_at, place, bring, state, confirmed_at FROM appointments
  WHERE offender_id = ? AND ends_at > ? AND state IN ('booked', 'confirmed', 'offered')
  ORDER BY starts_at LIMIT 20`)
const touch = database.prepare('UPDATE sessions SET seen_at = ? WHERE id_hash = ? AND revoked_at IS NULL')
const note = database.prepare(`
  INSERT INTO audit_events (at, actor, actor_id, deed, logged_as, "force", case_id, record_id, details)
  VALUES (?, 'offender', ?, 'conditions.shown', 'consultation', ?, ?, ?, '{}')`)

const environment = nunjucks.configure([beside('views'), beside('node_modules/govuk-frontend/dist')], {
  autoescape: true,
  noCache: false
})
const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Europe/London'
})
const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: 'numeric', minute: '2-digit', hour12: true, timeZone: 'Europe/London'
})
environment.addFilter('day', (moment) => dayFormat.format(moment).replace(',', ''))
environment.addFilter('clock', (moment) => clockFormat.format(moment).replace(':00', '').replace(' ', ''))
environment.addFilter('money', (pence) => `£${pence % 100 ? (pence / 100).toFixed(2) : pence / 100}`)

const moment = (text) => new Date(`${text.replace(' ', 'T')}Z`)
const stored = (date) => date.toISOString().slice(0, 19).replace('T', ' ')
const hyphened = (hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

function withSession(request, response, next) {
  const hash = createHash('sha256').update(request.cookies['__Host-offender'] ?? '').digest()
  const row = findSession.get(hash)
  const now = new Date()
  if (!row || now >= moment(row.ends_at) || now - moment(row.seen_at) >= IDLE) {
    return response.redirect(303, '/signed-out')
  }
  request.session = { ...row, hash }
  const mask = randomBytes(32)
  const secret = createHmac('sha256', SECRET).update(hash).digest()
  response.locals.csrf = Buffer.concat([mask, secret.map((byte, at) => byte ^ mask[at])]).toString('base64url')
  next()
}

function withLog(request, response, next) {
  const begun = performance.now()
  response.on('finish', () => {
    const ms = Math.round((performance.now() - begun) * 10) / 10
    const line = { at: new Date().toISOString(), method: request.method, route: request.route?.path }
    process.stdout.write(`${JSON.stringify({ ...line, status: response.statusCode, ms, request: randomUUID() })}\n`)
  })
  next()
}

function show(request, response, next) {
  const { person_id: person, force, hash } = request.session
  const now = new Date()
  const conditions = Map.groupBy(findConditions.all(person), (condition) => condition.case_id)
  const cases = findCases.all(person).map((row) => ({
    ...row,
    id: hyphened(row.id),
    complete_by: moment(`${row.complete_by} 12:00:00`),
    read_at: row.read_at && moment(row.read_at),
    conditions: (conditions.get(row.id) ?? []).map((condition) => ({
      ...condition,
      id: hyphened(condition.id),
      due_on: moment(`${condition.due_on} 12:00:00`),
      isDone: ['met', 'excused'].includes(condition.progress)
    })),
    hex: row.id
  }))
  const appointments = findAppointments.all(person, stored(now)).map((row) => ({
    ...row, id: hyphened(row.id), starts_at: moment(row.starts_at)
  }))
  response.render('conditions.njk', { cases, appointments, force, forceName: NAMES[force] }, (error, page) => {
    if (error) return next(error)
    database.exec('BEGIN IMMEDIATE')
    touch.run(stored(now), hash)
    note.run(stored(now), person, force, cases[0]?.hex ?? null, person)
    database.exec('COMMIT')
    response.set('Cache-Control', 'no-store').send(page)
  })
}

const app = express()
environment.express(app)
app.set('etag', false)
app.use(withLog)
app.use(helmet())
app.use(cookieParser())
app.use(express.urlencoded({ extended: false }))
app.get('/', withSession, show)
app.listen(Number(process.argv[2]), '127.0.0.1')
