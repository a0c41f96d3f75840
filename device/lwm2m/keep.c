#include "lwm2m/keep.h"

#include <string.h>

#include "runtime/state.h"

#define MAGIC 0x6b33326cu

typedef struct {
  uint32_t magic;
  uint32_t counter;
  mote_kept_t kept;
  uint32_t unused;
  uint32_t check; /* CRC-32 of all before */
} record_t;

static uint32_t crc_32(const uint8_t *bytes, uint32_t size) {
  uint32_t crc = 0xffffffffu;
  for (uint32_t i = 0; i < size; i++) {
    crc ^= bytes[i];
    for (uint32_t bit = 0; bit < 8; bit++) {
      crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1u)));
    }
  }
  return ~crc;
}

static uint32_t check_of(const record_t *record) {
  return crc_32((const uint8_t *)record, (uint32_t)(sizeof *record - sizeof record->check));
}

void mote_keep_load(mote_keep_t *keep, const mote_flash_t *flash, uint32_t base) {
  memset(keep, 0, sizeof *keep);
  keep->flash = flash;
  keep->base = base;
  keep->now.failed_slot = MOTE_NO_SLOT;
  for (uint32_t sector = 0; sector < MOTE_KEEP_SECTORS; sector++) {
    record_t record;
    memcpy(&record, flash->memory + base + sector * flash->sector, sizeof record);
    if (record.magic == MAGIC && record.check == check_of(&record) && (int32_t)(record.counter - keep->counter) > 0) {
      keep->counter = record.counter;
      keep->now = record.kept;
      keep->now.uri[sizeof keep->now.uri - 1] = '\0';
    }
  }
}

bool mote_keep_save(mote_keep_t *keep) {
  const mote_flash_t *flash = keep->flash;
  record_t record;
  uint8_t unit[MOTE_FLASH_MOST_UNIT];
  memset(&record, 0, sizeof record);
  record.magic = MAGIC;
  record.counter = keep->counter + 1;
  record.kept = keep->now;
  record.check = check_of(&record);
  uint32_t place = keep->base + record.counter % MOTE_KEEP_SECTORS * flash->sector;
  if (!flash->erase(flash->context, place)) {
    return false;
  }
  for (uint32_t at = 0; at < sizeof record; at += flash->unit) {
    uint32_t left = (uint32_t)sizeof record - at;
    memset(unit, 0xff, sizeof unit);
    memcpy(unit, (const uint8_t *)&record + at, left < flash->unit ? left : flash->unit);
    if (!flash->program(flash->context, place + at, unit)) {
      return false;
    }
  }
  keep->counter = record.counter;
  return true;
}
