#include "runtime/state.h"

#include <string.h>

/* A record: magic, counter, the fields of the state in order, zeros, and a CRC of all before it; little-endian. */
#define RECORD 96u
#define CRC_AT (RECORD - 4u)
#define MAGIC 0x65746f6du

static uint8_t *put(uint8_t *at, uint64_t value, uint32_t size) {
  for (; size > 0; size--, value >>= 8) {
    *at++ = (uint8_t)value;
  }
  return at;
}

static uint64_t get(const uint8_t *at, uint32_t size) {
  uint64_t value = 0;
  while (size-- > 0) {
    value = value << 8 | at[size];
  }
  return value;
}

/* CRC-32 as in Ethernet; without a table, for records are short and rare. */
static uint32_t crc(const uint8_t *at, uint32_t size) {
  uint32_t value = 0xffffffffu;
  while (size-- > 0) {
    value ^= *at++;
    for (int bit = 0; bit < 8; bit++) {
      value = value >> 1 ^ (0xedb88320u & (0u - (value & 1u)));
    }
  }
  return ~value;
}

static void encode(const mote_state_t *state, uint32_t counter, uint8_t *record) {
  memset(record, 0, RECORD);
  uint8_t *at = put(record, MAGIC, 4);
  at = put(at, counter, 4);
  at = put(at, state->confirmed, 1);
  at = put(at, state->trial, 1);
  at = put(at, state->boots, 1);
  at = put(at, state->receiving, 1);
  memcpy(at, state->payload, MOTE_MOST_SLOTS);
  at = put(at + MOTE_MOST_SLOTS, state->place, 4);
  at = put(at, state->rollbacks, 4);
  at = put(at, state->sequence, 8);
  memcpy(at, state->vendor, 16);
  memcpy(at + 16, state->module, 16);
  at = put(at + 32, state->length, 4);
  at = put(at, state->travelled, 4);
  at = put(at, state->made, 4);
  at = put(at, state->list, 1);
  at = put(at, state->list_bytes, 4);
  (void)put(at, state->list_sequence, 8);
  (void)put(record + CRC_AT, crc(record, CRC_AT), 4);
}

static void decode(const uint8_t *record, mote_state_t *state) {
  state->confirmed = record[8];
  state->trial = record[9];
  state->boots = record[10];
  state->receiving = record[11];
  memcpy(state->payload, record + 12, MOTE_MOST_SLOTS);
  state->place = (uint32_t)get(record + 16, 4);
  state->rollbacks = (uint32_t)get(record + 20, 4);
  state->sequence = get(record + 24, 8);
  memcpy(state->vendor, record + 32, 16);
  memcpy(state->module, record + 48, 16);
  state->length = (uint32_t)get(record + 64, 4);
  state->travelled = (uint32_t)get(record + 68, 4);
  state->made = (uint32_t)get(record + 72, 4);
  state->list = record[76];
  state->list_bytes = (uint32_t)get(record + 77, 4);
  state->list_sequence = get(record + 81, 8);
}

static bool whole(const uint8_t *record) {
  return get(record, 4) == MAGIC && get(record + CRC_AT, 4) == crc(record, CRC_AT);
}

static bool erased(const uint8_t *record) {
  uint8_t all = 0xff;
  for (uint32_t i = 0; i < RECORD; i++) {
    all &= record[i];
  }
  return all == 0xff;
}

void mote_state_load(mote_log_t *log, const mote_flash_t *flash, uint32_t base, mote_state_t *state) {
  memset(state, 0, sizeof *state);
  state->confirmed = state->trial = state->receiving = MOTE_NO_SLOT;
  log->base = base;
  log->sector = 1;
  log->next = flash->sector;
  log->counter = 0;
  for (uint32_t sector = 0; sector < MOTE_STATE_SECTORS; sector++) {
    const uint8_t *start = flash->memory + base + sector * flash->sector;
    uint32_t end = 0;
    bool newest = false;
    for (uint32_t at = 0; at + RECORD <= flash->sector; at += RECORD) {
      if (erased(start + at)) {
        continue;
      }
      end = at + RECORD;
      if (whole(start + at) && (uint32_t)get(start + at + 4, 4) > log->counter) {
        log->counter = (uint32_t)get(start + at + 4, 4);
        decode(start + at, state);
        newest = true;
      }
    }
    if (newest) {
      log->sector = sector;
      log->next = end; /* behind records that a cut left torn, too */
    }
  }
}

mote_error_t mote_state_save(mote_log_t *log, const mote_flash_t *flash, const mote_state_t *state) {
  uint8_t record[RECORD];
  encode(state, log->counter + 1, record);
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
    if (!flash->program(flash->context, start + at, record + at)) {
      return MOTE_FLASH_FAILED;
    }
  }
  if (memcmp(flash->memory + start, record, RECORD) != 0) {
    return MOTE_FLASH_FAILED;
  }
  log->counter++;
  return MOTE_OK;
}
