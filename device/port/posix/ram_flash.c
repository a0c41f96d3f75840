#include "port/posix/ram_flash.h"

#include <string.h>

/* Counts an operation; whether the power fails at it. */
static bool fails(mote_ram_flash_t *f) {
  f->operations++;
  return f->operations == f->cut_at;
}

static bool erase(void *context, uint32_t offset) {
  mote_ram_flash_t *f = context;
  if (offset % f->sector != 0 || offset + f->sector > f->size) {
    f->misuses++;
    return false;
  }
  bool cut = fails(f);
  if (!cut || f->cut == MOTE_CUT_AFTER) {
    memset(f->memory + offset, 0xff, f->sector);
  } else if (f->cut == MOTE_CUT_WITHIN) {
    /* Some cells are erased, some are not: no pattern can be relied on. */
    for (uint32_t i = 0; i < f->sector; i++) {
      f->memory[offset + i] |= (uint8_t)(0xa5u * (i / 7 + 1));
    }
  }
  if (cut) {
    longjmp(*f->power_failed, 1);
  }
  return true;
}

static bool program(void *context, uint32_t offset, const uint8_t *unit) {
  mote_ram_flash_t *f = context;
  if (offset % f->unit != 0 || offset + f->unit > f->size) {
    f->misuses++;
    return false;
  }
  bool cut = fails(f);
  if (cut && f->cut == MOTE_CUT_BEFORE) {
    longjmp(*f->power_failed, 1);
  }
  for (uint32_t i = 0; i < f->unit; i++) {
    f->misuses += f->memory[offset + i] != 0xff;
    bool weak = cut && f->cut == MOTE_CUT_WITHIN;
    uint32_t kept = weak ? 0x5au << (i & 3) : 0;
    f->memory[offset + i] = (uint8_t)(f->memory[offset + i] & (unit[i] | kept));
  }
  if (cut) {
    longjmp(*f->power_failed, 1);
  }
  return true;
}

mote_flash_t mote_ram_flash(mote_ram_flash_t *flash) {
  memset(flash->memory, 0xff, flash->size);
  mote_flash_t port = {flash, flash->memory, flash->unit, flash->sector, erase, program};
  return port;
}
