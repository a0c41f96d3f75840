#include "runtime/state.h"

#include <string.h>

/* A record is as the processor lays it out. */
typedef union {
  struct {
    uint32_t crc; /* of all behind it */
    uint32_t counter;
    mote_state_t state;
  } is;
  uint32_t words[24];
} record_t;

#define RECORD 96u

/* What the CRC starts from: records of another form do not have it. */
#define FORM 0x65746f6du

typedef char mote_state_fits_t[sizeof(record_t) == RECORD ? 1 : -1]; /* a compiler refuses a state that does not */

/* CRC-32 as in Ethernet; without a table, for records are short and rare. */
static uint32_t crc_of(const record_t *record) {
  const uint8_t *at = (const uint8_t *)record;
  uint32_t value = FORM;
  for (uint32_t i = sizeof record->is.crc; i < RECORD; i++) {
    value ^= at[i];
    for (int bit = 0; bit < 8; bit++) {
      value = value >> 1 ^ (0xedb88320u & (0u - (value & 1u)));
    }
  }
  return value;
}

static bool erased(const record_t *record) {
  uint32_t all = UINT32_MAX;
  for (uint32_t i = 0; i < RECORD / 4; i++) {
    all &= record->words[i];
  }
  return all == UINT32_MAX;
}

void mote_state_load(mote_log_t *log, const mote_flash_t *flash, uint32_t base, mote_state_t *state) {
  memset(state, 0, sizeof *state);
  state->confirmed = state->trial = state->receiving = MOTE_NO_SLOT;
  log->base = base;
  log->sector = 1;
  log->next = flash->sector;
  log->counter = 0;
  for (uint32_t sector = 0; sector < MOTE_STATE_SECTORS; sector++) {
    for (uint32_t at = 0; at + RECORD <= flash->sector; at += RECORD) {
      record_t record;
      memcpy(&record, flash->memory + base + sector * flash->sector + at, RECORD);
      if (!erased(&record) && log->sector == sector && log->counter > 0) {
        log->next = at + RECORD; /* behind records that a cut left torn, too */
      }
      if (record.is.counter > log->counter && record.is.crc == crc_of(&record)) {
        log->counter = record.is.counter;
        log->sector = sector;
        log->next = at + RECORD;
        *state = record.is.state;
      }
    }
  }
}

mote_error_t mote_state_save(mote_log_t *log, const mote_flash_t *flash, const mote_state_t *state) {
  record_t record;
  memset(&record, 0, RECORD);
  record.is.counter = log->counter + 1;
  record.is.state = *state;
  record.is.crc = crc_of(&record);
  if (log->next + RECORD > flash->sector) {
    uint32_t other = 1 - log->sector;
    if (!flash->erase(flash->context, log->base + other * flash->sector)) {
      return MOTE_FLASH_FAILED;
    }
    log->sector = other;
    log->next = 0;
  }
  uint32_t start = log->base + log->sector * flash->sector + log->next;
  log->next += RECORD;
  for (uint32_t at = 0; at < RECORD; at += flash->unit) {
    if (!flash->program(flash->context, start + at, (const uint8_t *)&record + at)) {
      return MOTE_FLASH_FAILED;
    }
  }
  if (memcmp(flash->memory + start, &record, RECORD) != 0) {
    return MOTE_FLASH_FAILED;
  }
  log->counter++;
  return MOTE_OK;
}
