/* What the runtime needs of flash memory. It is read where it is mapped; it is written through these two functions. */
#ifndef MOTE_FLASH_H
#define MOTE_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#define MOTE_FLASH_MOST_UNIT 32u

typedef struct {
  void *context;
  const uint8_t *memory; /* where the flash is mapped; offsets count from here */
  uint32_t unit;         /* bytes that are programmed at once: a power of two from 4 to 32 */
  uint32_t sector;       /* bytes that are erased at once: a multiple of 256 */
  /* Makes the sector at `offset` 0xff. */
  bool (*erase)(void *context, uint32_t offset);
  /* Programs one unit, which is erased. */
  bool (*program)(void *context, uint32_t offset, const uint8_t *unit);
} mote_flash_t;

#endif
