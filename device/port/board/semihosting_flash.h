/* NOR flash of an emulated board: memory that is read where it is mapped, and a file of the host that has every erased
 * sector and every programmed unit at once. To end the emulator is to cut the power. */
#ifndef MOTE_SEMIHOSTING_FLASH_H
#define MOTE_SEMIHOSTING_FLASH_H

#include "port/flash.h"

typedef struct {
  uint8_t *memory;
  uint32_t size;   /* a multiple of the sector */
  uint32_t sector; /* bytes that are erased at once */
  uint32_t unit;   /* bytes that are programmed at once */
  int32_t file;
  uint32_t operations; /* that are left before the power fails; 0: it does not */
} mote_semihosting_flash_t;

/* Takes the contents from `flash.bin` in the emulator's folder; where there is none, flash is new and erased.
 *
 * When there is a file `power`, its four bytes say, little-endian, at which operation the power fails: half of that one is
 * done. */
mote_flash_t mote_semihosting_flash(mote_semihosting_flash_t *flash);

#endif
