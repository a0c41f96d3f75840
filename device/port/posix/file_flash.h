/* Flash of a process: a file that is mapped. What was programmed outlives the process, however it ends. */
#ifndef MOTE_FILE_FLASH_H
#define MOTE_FILE_FLASH_H

#include "port/flash.h"

typedef struct {
  uint8_t *memory;
  uint32_t size;
  uint32_t sector;
  uint32_t unit;
} mote_file_flash_t;

/* Size, sector and unit are set; a file that there is not yet is erased flash. False when it cannot be had. */
bool mote_file_flash(mote_file_flash_t *flash, const char *path, mote_flash_t *port);

#endif
