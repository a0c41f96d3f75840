/* Flash in memory, of a device whose power can be made to fail at any operation. */
#ifndef MOTE_RAM_FLASH_H
#define MOTE_RAM_FLASH_H

#include <setjmp.h>

#include "port/flash.h"

/* What a cut leaves of the operation at which it happens. */
typedef enum { MOTE_CUT_BEFORE, MOTE_CUT_WITHIN, MOTE_CUT_AFTER } mote_cut_t;

typedef struct {
  uint8_t *memory;
  uint32_t size;
  uint32_t unit;
  uint32_t sector;
  uint32_t operations; /* so far */
  uint32_t cut_at;     /* the operation at which the power fails, counted from 1; 0 for never */
  mote_cut_t cut;
  jmp_buf *power_failed; /* where the program goes on then */
  uint32_t misuses;    /* operations that a real flash would not do right */
} mote_ram_flash_t;

/* The port of a flash whose fields are set; `memory` is erased. */
mote_flash_t mote_ram_flash(mote_ram_flash_t *flash);

#endif
