import { isTransient, sqlstateOf } from './sqlstate.js';

const pg = (code: string) => Object.assign(new Error(code), { code });

describe('what is tried again, and what is not', () => {
  it.each([
    ['connection_failure', '08006'],
    ['serialization_failure', '40001'],
    ['deadlock_detected', '40P01'],
    ['disk_full', '53100'],
    ['out_of_memory', '53200'],
    ['too_many_connections', '53300'],
    ['lock_not_available', '55P03'],
    ['query_canceled, as by statement_timeout', '57014'],
    ['admin_shutdown', '57P01'],
    ['crash_shutdown', '57P02'],
    ['cannot_connect_now', '57P03'],
    ['io_error', '58030'],
    ['idle_in_transaction_session_timeout', '25P03'],
  ])('passes by itself: %s (%s)', (_name, code) => {
    expect(isTransient(pg(code))).toBe(true);
  });

  it.each([
    ['numeric_value_out_of_range', '22003'],
    ['character_not_in_repertoire', '22021'],
    ['not_null_violation', '23502'],
    ['foreign_key_violation', '23503'],
    ['unique_violation', '23505'],
    ['check_violation', '23514'],
    ['in_failed_sql_transaction', '25P02'],
    ['insufficient_privilege', '42501'],
    ['undefined_table', '42P01'],
    ['program_limit_exceeded', '54000'],
    ['raise_exception', 'P0001'],
  ])('fails again however often it is tried: %s (%s)', (_name, code) => {
    expect(isTransient(pg(code))).toBe(false);
  });

  it.each([
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['a reset connection', Object.assign(new Error('read'), { code: 'ECONNRESET' })],
    ['a name that does not resolve yet', Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' })],
    ['what the driver says of a lost connection', new Error('Connection terminated unexpectedly')],
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
    ['an error that says so', Object.assign(new Error('busy'), { transient: true })],
    ['an ORM around a server error', Object.assign(new Error('query failed'), { driverError: pg('40001') })],
    ['a cause', new Error('outer', { cause: pg('57P01') })],
  ])('passes by itself: %s', (_name, error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    ['a TypeError', new TypeError('x is not a function')],
    ['a RangeError', new RangeError('Maximum call stack size exceeded')],
    ['an error of the application', Object.assign(new Error('no'), { code: 'unknown-order' })],
    ['a code of five letters in lower case', pg('abcde')],
    ['an ORM around a violation', Object.assign(new Error('query failed'), { driverError: pg('23505') })],
    ['no error at all', 'Connection terminated'],
    ['nothing', undefined],
  ])('fails again however often it is tried: %s', (_name, error) => {
    expect(isTransient(error)).toBe(false);
  });

  it('finds the SQLSTATE below what an ORM makes of it, and takes no network code for one', () => {
    expect(sqlstateOf(new Error('outer', { cause: { driverError: pg('23505') } }))).toBe('23505');
    expect(sqlstateOf(pg('EPIPE'))).toBeUndefined();
  });
});
